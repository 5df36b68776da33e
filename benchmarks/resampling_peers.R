# Times loops of R's fits over resamples for benchmarks/resampling_speed.py, which writes the data.
#
#   Rscript resampling_peers.R FOLDER N P RESAMPLES
#
# Reads FOLDER/design (N x P doubles, a column at a time), FOLDER/codes (N integers from 0) and
# FOLDER/rows (RESAMPLES x N integers from 1, a resample at a time), and writes for each peer that is
# installed FOLDER/<peer>.csv: a line for each resample with its coefficients, and the processor
# seconds of the whole loop in the first column.

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
n <- as.integer(arguments[2]); p <- as.integer(arguments[3]); b <- as.integer(arguments[4])
read_binary <- function(name, type, count) readBin(file.path(folder, name), type, count)
X <- matrix(read_binary("design", "double", n * p), n, p)
colnames(X) <- paste0("x", seq_len(p))
y <- factor(read_binary("codes", "integer", n), ordered = TRUE)
rows <- matrix(read_binary("rows", "integer", n * b), n, b)
with_intercept <- cbind(`(Intercept)` = 1, X)

attach_if_installed <- function(package) {
  suppressWarnings(suppressPackageStartupMessages(require(package, character.only = TRUE)))
}
peers <- list()
if (attach_if_installed("ordinal")) {
  peers$clm.fit <- function(i) clm.fit(y[i], with_intercept[i, ])$beta
}
if (attach_if_installed("rms")) {
  peers$lrm.fit <- function(i) tail(lrm.fit(X[i, ], y[i])$coefficients, p)
}
for (name in names(peers)) {
  started <- sum(proc.time()[c("user.self", "sys.self")])
  found <- apply(rows, 2, function(i) tryCatch(peers[[name]](i), error = function(e) rep(NA, p)))
  seconds <- sum(proc.time()[c("user.self", "sys.self")]) - started
  write.table(cbind(seconds, t(found)), file.path(folder, paste0(name, ".csv")), sep = ",",
              row.names = FALSE, col.names = FALSE)
}
