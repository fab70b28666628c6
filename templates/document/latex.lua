-- For LaTeX: words in scripts that a Latin font lacks are set in one that has them, and no language needs a package.
local function script(code)
  if (code >= 0x2E80 and code <= 0x9FFF) or (code >= 0xAC00 and code <= 0xD7AF) or (code >= 0xF900 and code <= 0xFAFF)
    or (code >= 0xFF00 and code <= 0xFFEF) or (code >= 0x20000 and code <= 0x3FFFF) then return "evidencehan" end
  if code >= 0x0590 and code <= 0x05FF then return "evidenceother" end
  if (code >= 0x0600 and code <= 0x08FF) or (code >= 0xFB50 and code <= 0xFDFF) or (code >= 0xFE70 and code <= 0xFEFE) then
    return "evidencearabic" end
  if code < 0x0250 or (code >= 0x2010 and code <= 0x2044) or (code >= 0x0300 and code <= 0x036F) then return nil end
  if (code >= 0x0370 and code <= 0x052F) or (code >= 0x0530 and code <= 0x1FFF) then return "evidenceother" end
  return "evidencesymbol"
end
local TEX = { ["\\"] = "\\textbackslash{}", ["{"] = "\\{", ["}"] = "\\}", ["#"] = "\\#", ["$"] = "\\$", ["%"] = "\\%",
  ["&"] = "\\&", ["_"] = "\\_", ["^"] = "\\^{}", ["~"] = "\\~{}" }
local function runs(text)
  local found, last, current = pandoc.List(), false, {}
  local function finish()
    if #current == 0 then return end
    local words = table.concat(current)
    if last then found:insert(pandoc.RawInline("latex", "\\" .. last .. "{" .. words .. "}")) else found:insert(pandoc.Str(words)) end
    current = {}
  end
  for _, code in utf8.codes(text) do
    local now = script(code) or false
    if now ~= last then finish(); last = now end
    current[#current + 1] = now and (TEX[utf8.char(code)] or utf8.char(code)) or utf8.char(code)
  end
  finish()
  return found
end
function Str(one) if one.text:find("[\x80-\xFF]") then return runs(one.text) end end
function Code(one) if one.text:find("[\x80-\xFF]") then return runs(one.text) end end
function Span(one) one.attributes.lang = nil; return one end
