-- Turns paper.md into what the three writers need: fills the numbers, builds the tables from
-- CSV, numbers and links figures, tables and sections, and hands PDF its spoken forms.
-- probstats/study/paper.py runs it in the folder of paper.md, once for each format.

local KINDS = {fig = "Figure", tbl = "Table", sec = "Section"}
local ALIGNMENTS = {l = "AlignLeft", r = "AlignRight", c = "AlignCenter"}
local MONTHS = {"January", "February", "March", "April", "May", "June", "July", "August",
                "September", "October", "November", "December"}

-- Level 0 keeps the message free of a Lua position, so that paper.py can show it as it is.
local function fail(...) error(string.format(...), 0) end

local function read(path)
  local handle = io.open(path)
  if not handle then return nil end
  local text = handle:read("a")
  handle:close()
  return (text:gsub("^\u{FEFF}", ""))
end

local function trim(text) return (text:gsub("^%s+", ""):gsub("%s+$", ""):gsub("%s+", " ")) end

local function join(list, separator, last)
  if #list < 2 then return list[1] or "" end
  return table.concat(list, separator, 1, #list - 1) .. last .. list[#list]
end

-- Numbers ------------------------------------------------------------------------------------

local numbers = pandoc.json.decode(read("numbers.json"))

local function fill(text)
  return (text:gsub("{{([%w_]+)}}", function(key)
    return numbers[key] or fail("{{%s}} is not a key of numbers.json", key)
  end))
end

local function fill_attributes(element)
  for name, value in pairs(element.attributes) do element.attributes[name] = fill(value) end
  return element
end

local function fill_text(element)
  element.text = fill(element.text)
  return element
end

local fill_numbers = {
  Str = function(str) return str.text:find("{{", 1, true) and pandoc.Inlines(fill(str.text)) end,
  Code = fill_text, CodeBlock = fill_text, Math = fill_text, RawInline = fill_text,
  RawBlock = fill_text, Image = fill_attributes, Span = fill_attributes, Div = fill_attributes,
  Link = function(link)
    link.target = fill(link.target)
    return link
  end,
}

-- Tables from CSV ----------------------------------------------------------------------------

local function column_alignments(div, count)
  local align = div.attributes.align or "l" .. ("r"):rep(count - 1)
  if #align ~= count or align:find("[^lrc]") then
    fail('paper.md: table %s: align="%s" must be %d letters, one of l, r, c for each column of %s',
         div.identifier, align, count, div.attributes.file)
  end
  return align
end

local function column_widths(div, count)
  local widths, total = {}, 0
  for width in (div.attributes.widths or ""):gmatch("[^,]+") do
    widths[#widths + 1] = tonumber(width) or 1000
    total = total + widths[#widths]
  end
  if #widths > 0 and (#widths ~= count or total > 100) then
    fail('paper.md: table %s: widths="%s" must be %d percentages, one for each column of %s, ' ..
         "of at most 100 together", div.identifier, div.attributes.widths, count,
         div.attributes.file)
  end
  return widths
end

local function csv_rows(div)
  local file = div.attributes.file
  if not file then fail('paper.md: table %s has no file="tables/....csv"', div.identifier) end
  local text = read(file) or fail("paper.md: table %s: there is no file %s", div.identifier, file)
  local rows = pandoc.read(text, "csv").blocks[1]
  return rows or fail("paper.md: table %s: %s is empty; it needs a header row", div.identifier,
                      file)
end

local function csv_table(div)
  if not div.classes:includes("csv-table") then return nil end
  local rows = csv_rows(div)
  local caption = div.attributes.caption
  if not caption then fail("paper.md: table %s has no caption=\"...\"", div.identifier) end
  rows.caption.long = {pandoc.Plain(pandoc.utils.blocks_to_inlines(pandoc.read(caption).blocks))}
  local align, widths = column_alignments(div, #rows.colspecs), column_widths(div, #rows.colspecs)
  for i = 1, #rows.colspecs do
    rows.colspecs[i] = {ALIGNMENTS[align:sub(i, i)], widths[i] and widths[i] / 100}
  end
  rows.identifier = div.identifier
  rows.classes = div.classes:filter(function(class) return class ~= "csv-table" end)
  local blocks = pandoc.Blocks{rows}
  if #div.content > 0 then
    blocks:insert(pandoc.Div(div.content, {class = "table-note", ["custom-style"] = "Table Note"}))
  end
  return pandoc.Div(blocks, {class = "table-float"}), false
end

-- Labels and numbers of figures, tables and sections ------------------------------------------

local labels = {}

local function register(id, kind, number)
  local name = KINDS[kind]
  if not id:find("^" .. kind .. ":.") then
    fail("paper.md: %s %s is labelled %q; its label must begin with %s:",
         name:lower(), number, id, kind)
  end
  if labels[id] then fail("paper.md: the label %s stands twice; each label must be unique", id) end
  labels[id] = {name = name, number = tostring(number)}
end

local function numbered(caption, id)
  local label = labels[id]
  local head = pandoc.Strong(label.name .. "\u{A0}" .. label.number .. ".")
  return {pandoc.Plain(pandoc.Inlines{head, pandoc.Space()} ..
                       pandoc.utils.blocks_to_inlines(caption.long))}
end

local function alternative(image, caption, id)
  local alt = trim(pandoc.utils.stringify(image.caption))
  -- pandoc repeats the caption where no alt attribute is given
  if alt ~= "" and alt ~= caption then return alt end
  alt = read(image.src .. ".txt")
  if alt and trim(alt) ~= "" then return trim(fill(alt)) end
  fail('paper.md: figure %s has no alt text; give alt="..." or write it to %s.txt', id, image.src)
end

local function image_file(image, id)
  local stem = image.src:gsub("%.svg$", ""):gsub("%.png$", "")
  local file = stem .. (FORMAT == "docx" and ".png" or ".svg")
  if not stem:find("^%.%./figures/") then
    fail("paper.md: figure %s: %s must be of the form ../figures/name", id, image.src)
  end
  if not read(file) then fail("paper.md: figure %s: there is no file %s", id, file) end
  return stem, file
end

local function number_figure(figure, number)
  register(figure.identifier, "fig", number)
  local caption = trim(pandoc.utils.stringify(figure.caption.long))
  figure.content = figure.content:walk{Image = function(image)
    local file
    image.src, file = image_file(image, figure.identifier)
    image.caption = pandoc.Inlines(alternative(image, caption, figure.identifier))
    image.src = file
    figure.classes = image.classes
    return image
  end}
  figure.caption.long = numbered(figure.caption, figure.identifier)
  return figure, false
end

local function number_table(tbl, number)
  register(tbl.identifier, "tbl", number)
  tbl.caption.long = numbered(tbl.caption, tbl.identifier)
  return tbl, false
end

local function number_floats(doc)
  local figures, tables = 0, 0
  return doc:walk{
    traverse = "topdown",
    Figure = function(figure) figures = figures + 1; return number_figure(figure, figures) end,
    Table = function(tbl) tables = tables + 1; return number_table(tbl, tables) end,
    Image = function(image)
      fail("paper.md: image %s must stand alone between blank lines, with a caption and a " ..
           "label: ![Caption.](../figures/name){#fig:name}", image.src)
    end,
  }
end

local function section_number(counters, level)
  counters[level] = (counters[level] or 0) + 1
  for deeper = level + 1, 6 do counters[deeper] = nil end
  local parts = {}
  for i = 1, level do parts[i] = tostring(counters[i] or 0) end
  return table.concat(parts, ".")
end

local function number_sections(doc)
  local counters = {}
  return doc:walk{Header = function(header)
    -- The title is the only first-level heading of the web page.
    local level = header.level
    if FORMAT == "html5" then header.level = level + 1 end
    if header.classes:includes("unnumbered") then return header end
    local number = section_number(counters, level)
    if header.identifier:find("^sec:") then register(header.identifier, "sec", number) end
    if FORMAT == "typst" then return nil end
    local span = pandoc.Span(number, {class = "header-section-number"})
    header.content = pandoc.Inlines{span, pandoc.Str("\u{2002}")} .. header.content
    return header
  end}
end

-- Cross-references and citations ---------------------------------------------------------------

local function known_labels()
  local list = {}
  for id in pairs(labels) do list[#list + 1] = id end
  table.sort(list)
  return #list > 0 and "the labels are " .. join(list, ", ", " and ") or "no label is defined"
end

local function reference_id(citation)
  local id = citation.id:gsub("^%u", string.lower)
  local kind = KINDS[id:match("^(%a+):")]
  if not kind then return nil end
  if not labels[id] then
    fail("paper.md: there is no %s labelled %s (@%s); %s", kind:lower(), id, citation.id,
         known_labels())
  end
  return id
end

-- A first reference of a kind reads "Figure 1", or "Figures 1 and 2" when more of it follow.
local function reference_text(ids, i)
  local label, previous, next = labels[ids[i]], labels[ids[i - 1]], labels[ids[i + 1]]
  if previous and previous.name == label.name then return label.number end
  local plural = next and next.name == label.name and "s" or ""
  return label.name .. plural .. "\u{A0}" .. label.number
end

local function cross_reference(cite)
  local ids, found = {}, 0
  for i, citation in ipairs(cite.citations) do
    ids[i] = reference_id(citation) or false
    found = found + (ids[i] and 1 or 0)
  end
  if found == 0 then return nil end
  if found < #ids then
    fail("paper.md: %s mixes labels and citations; write them apart",
         pandoc.utils.stringify(cite.content))
  end
  local text = pandoc.Inlines{}
  for i, citation in ipairs(cite.citations) do
    if i > 1 then text:extend(pandoc.Inlines(i < #ids and ", " or " and ")) end
    if #citation.prefix > 0 then text:extend(citation.prefix); text:insert(pandoc.Space()) end
    text:insert(pandoc.Link(reference_text(ids, i), "#" .. ids[i]))
    text:extend(citation.suffix)
  end
  return text
end

local function check_citations(doc)
  local known = {["*"] = true}
  for _, entry in ipairs(pandoc.utils.references(doc)) do known[entry.id] = true end
  doc:walk{Cite = function(cite)
    for _, citation in ipairs(cite.citations) do
      if not known[citation.id] then
        fail("paper.md: @%s is cited, but references.bib has no entry of that key", citation.id)
      end
    end
  end}
end

-- What the single formats need -----------------------------------------------------------------

local function typst(content)
  local doc = pandoc.Pandoc(pandoc.utils.type(content) == "Inlines" and {pandoc.Plain(content)}
                            or content)
  return (pandoc.write(doc, "typst", {wrap_text = "none"}):gsub("%s+$", ""))
end

local function quoted(text) return '"' .. trim(text):gsub('[\\"]', "\\%0") .. '"' end

local function spoken(span)
  local math, alt = span.content[1], span.attributes.alt
  if not (alt and math and math.t == "Math") then return nil end
  if FORMAT ~= "typst" then return span.content end
  local block = math.mathtype == "DisplayMath"
  return pandoc.RawInline("typst", ("#math.equation(block: %s, alt: %s, %s.body)"):format(
    block, quoted(alt), typst(span.content)))
end

-- Otherwise the Typst writer would ask Typst itself to cite.
local function settled(cite) return FORMAT == "typst" and cite.content or nil end

local function refuse_unspoken(doc)
  local spoken_only = doc:walk{Span = function(span)
    return span.attributes.alt and pandoc.Inlines{} or nil
  end}
  spoken_only:walk{Math = function(math)
    fail('paper.md: the equation $%s$ has no spoken form; write [$%s$]{alt="..."}',
         math.text, math.text)
  end}
end

local function placement(float)
  if float.classes:includes("long") then return 'scope: "column", placement: none' end
  return float.classes:includes("column") and 'scope: "column"' or ""
end

local function typst_figure(body, float, kind)
  return pandoc.RawBlock("typst", ("#figure(%s, kind: %s, caption: [%s], %s) <%s>"):format(
    body, kind, typst(float.caption.long), placement(float), float.identifier))
end

local function typst_row(row)
  local cells = {}
  for i, cell in ipairs(row.cells) do cells[i] = "[" .. typst(cell.contents) .. "]" end
  return table.concat(cells, ", ")
end

local function typst_table(tbl)
  local columns, aligns, rows = {}, {}, {}
  for i, spec in ipairs(tbl.colspecs) do
    columns[i] = spec[2] and ("%g%%"):format(spec[2] * 100) or "auto"
    aligns[i] = tostring(spec[1]):gsub("Align", ""):lower()
  end
  for i, row in ipairs(tbl.bodies[1].body) do rows[i] = typst_row(row) end
  return ("#table(columns: (%s,), align: (%s,),\n" ..
          "table.header(table.hline(), %s, table.hline()),\n%s, table.hline())"):format(
    table.concat(columns, ", "), table.concat(aligns, ", "), typst_row(tbl.head.rows[1]),
    table.concat(rows, ",\n"))
end

-- pandoc's own Typst writer drops alt texts and would leave the note outside a floating table.
local typst_floats = {
  traverse = "topdown",
  Figure = function(figure)
    local image = figure.content[1].content[1]
    local body = ("image(%s, alt: %s)"):format(
      quoted(image.src:gsub("^%.%.", "")), quoted(pandoc.utils.stringify(image.caption)))
    return typst_figure(body, figure, "image"), false
  end,
  Div = function(div)
    if not div.classes:includes("table-float") then return nil end
    local note = div.content[2] and ("#table-note[%s]"):format(typst(div.content[2].content)) or ""
    local tbl = div.content[1]
    local body = ("%s-table(%s)[%s%s]"):format(
      tbl.classes:includes("long") and "long" or "floating", quoted(tbl.identifier),
      typst_table(tbl), note)
    return typst_figure(body, tbl, "table"), false
  end,
}

-- A wide table scrolls on a narrow screen; tabindex lets the keyboard scroll it too.
local html_floats = {Div = function(div)
  if not div.classes:includes("table-float") then return nil end
  local label = labels[div.content[1].identifier]
  -- A list of pairs, since a Lua table with keys has no fixed order.
  div.attributes = {{"role", "region"}, {"tabindex", "0"}, {"aria-label", "Table " .. label.number}}
  return div
end}

-- Word shares the width evenly among columns of unknown width: share it by their longest cells.
local function share_width(tbl)
  local longest, total = {}, 0
  for _, row in ipairs(tbl.head.rows .. tbl.bodies[1].body) do
    for i, cell in ipairs(row.cells) do
      local length = utf8.len(pandoc.utils.stringify(cell.contents))
      longest[i] = math.max(longest[i] or 8, math.min(length + 2, 40))
    end
  end
  for _, length in ipairs(longest) do total = total + length end
  for i, spec in ipairs(tbl.colspecs) do
    tbl.colspecs[i] = {spec[1], spec[2] or longest[i] / math.max(total, 60)}
  end
end

local docx_tables = {Table = function(tbl)
  share_width(tbl)
  for i, row in ipairs(tbl.head.rows .. tbl.bodies[1].body) do
    for _, cell in ipairs(row.cells) do
      local text = pandoc.utils.blocks_to_inlines(cell.contents)
      local line = pandoc.Para(i == 1 and {pandoc.Strong(text)} or text)
      cell.contents = {pandoc.Div(line, {["custom-style"] = "Table Text"})}
    end
  end
  return tbl
end}

-- The title block ------------------------------------------------------------------------------

local function long_date(date)
  local year, month, day = pandoc.utils.stringify(date):match("^(%d+)-(%d+)-(%d+)$")
  return ("%d\u{A0}%s\u{A0}%s"):format(tonumber(day), MONTHS[tonumber(month)], year)
end

local function texts(list)
  local result = {}
  for i, item in ipairs(list or {}) do result[i] = pandoc.utils.stringify(item.name or item) end
  return result
end

local function as_list(value) return pandoc.utils.type(value) == "List" and value or {value} end

local function typst_strings(list)
  local result = {}
  for i, text in ipairs(list) do result[i] = quoted(text) .. "," end
  return pandoc.RawInline("typst", "(" .. table.concat(result, " ") .. ")")
end

-- pandoc's templates for docx and html know authors as plain text only, and no keywords in view.
local function plain_title_block(doc, names, keywords)
  local authors = {}
  for i, author in ipairs(as_list(doc.meta.author)) do
    local place = author.affiliation and ", " .. pandoc.utils.stringify(author.affiliation) or ""
    authors[i] = pandoc.MetaInlines(pandoc.Inlines(names[i] .. place))
  end
  doc.meta.author = authors
  if FORMAT == "html5" then doc.meta["author-meta"] = names end
  if #keywords > 0 then
    local line = pandoc.Inlines{pandoc.Strong("Keywords:"), pandoc.Space()} ..
                 pandoc.Inlines(table.concat(keywords, ", "))
    doc.blocks:insert(1, pandoc.Div(pandoc.Para(line), {class = "keywords"}))
  end
end

local function title_block(doc)
  local meta = doc.meta
  if not meta.title then fail("paper.md: the metadata has no title:") end
  if not meta.author then fail("paper.md: the metadata has no author:") end
  local names, keywords = texts(as_list(meta.author)), texts(as_list(meta.keywords))
  meta.date = long_date(meta.date)
  if FORMAT ~= "typst" then return plain_title_block(doc, names, keywords) end
  meta.author = as_list(meta.author)
  for i, author in ipairs(meta.author) do
    if not author.name then meta.author[i] = {name = author} end
  end
  meta["author-strings"], meta["keyword-strings"] = typst_strings(names), typst_strings(keywords)
end

function Pandoc(doc)
  doc = doc:walk{traverse = "topdown", Div = csv_table}
  doc = doc:walk(fill_numbers)
  doc = number_sections(doc)
  doc = number_floats(doc)
  doc = doc:walk{Cite = cross_reference}
  check_citations(doc)
  refuse_unspoken(doc)
  title_block(doc)
  doc = pandoc.utils.citeproc(doc)
  -- pandoc writes metadata it has no use for into the properties of the Word file
  for _, key in ipairs{"bibliography", "csl", "link-citations"} do doc.meta[key] = nil end
  doc = doc:walk{Span = spoken, Cite = settled}
  return doc:walk(({typst = typst_floats, html5 = html_floats, docx = docx_tables})[FORMAT])
end
