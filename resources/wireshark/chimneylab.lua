-- SPDX-FileCopyrightText: 2026 The ChimneyLab authors
-- SPDX-License-Identifier: MIT
--
-- Dissects sessions that 'chimneylab-cli export --format pcapng' wrote: one packet for each event.
--     wireshark -X lua_script:chimneylab.lua session.pcapng
-- The layout of a packet is in engine/report/EXPORT.md.

local lab = Proto("chimneylab", "ChimneyLab event")

local f = {
  version = ProtoField.uint8("chimneylab.version", "Version"),
  kind = ProtoField.string("chimneylab.kind", "Kind"),
  event = ProtoField.uint32("chimneylab.event", "Event"),
  layer = ProtoField.string("chimneylab.layer", "Layer"),
  other_layer = ProtoField.string("chimneylab.other_layer", "Other layer"),
  name = ProtoField.string("chimneylab.name", "Name"),
  block = ProtoField.string("chimneylab.block", "Block"),
  operation = ProtoField.uint32("chimneylab.operation", "Operation"),
  operation_kind = ProtoField.string("chimneylab.operation_kind", "Kind of operation"),
  status = ProtoField.string("chimneylab.status", "Status"),
  status_value = ProtoField.int32("chimneylab.status_value", "Status value"),
  irql = ProtoField.uint8("chimneylab.irql", "IRQL"),
  parent = ProtoField.framenum("chimneylab.parent", "Inside the call of packet"),
  partner = ProtoField.framenum("chimneylab.partner", "Belongs to packet"),
  virtual = ProtoField.uint64("chimneylab.virtual_ns", "Virtual time (ns)"),
  measured = ProtoField.uint64("chimneylab.measured_ns", "Measured time (ns)"),
  subject = ProtoField.uint64("chimneylab.subject", "Subject", base.HEX),
  detail = ProtoField.uint64("chimneylab.detail", "Detail", base.HEX),
  heading = ProtoField.string("chimneylab.heading", "What happens"),
  changed = ProtoField.string("chimneylab.changed", "Changed"),
  offset = ProtoField.uint32("chimneylab.offset", "Offset", base.HEX),
  writer = ProtoField.uint8("chimneylab.writer", "Written by layer"),
  before = ProtoField.bytes("chimneylab.before", "Before"),
  after = ProtoField.bytes("chimneylab.after", "After"),
}
local fields = {}
for _, field in pairs(f) do fields[#fields + 1] = field end
lab.fields = fields

local damaged = ProtoExpert.new("chimneylab.damaged", "The packet ends early", expert.group.MALFORMED, expert.severity.ERROR)
lab.experts = { damaged }

local none = 0xFFFFFFFF

function lab.dissector(buffer, info, root)
  if buffer:len() < 64 or buffer(0, 4):string() ~= "CLAB" then return 0 end
  info.cols.protocol = "ChimneyLab"
  local tree = root:add(lab, buffer())
  if buffer(4, 1):uint() ~= 1 then
    tree:add(f.version, buffer(4, 1)):append_text(" is not known to this dissector")
    return buffer:len()
  end
  local at = 64
  local function short(field, into)
    if at + 2 > buffer:len() then return nil end
    local length = buffer(at, 2):le_uint()
    if at + 2 + length > buffer:len() then return nil end
    local text = length > 0 and buffer(at + 2, length):string(ENC_UTF_8) or ""
    local item
    if length > 0 and field then item = (into or tree):add_packet_field(field, buffer(at + 2, length), ENC_UTF_8) end
    at = at + 2 + length
    return text, item
  end

  tree:add_le(f.event, buffer(12, 4))
  local kind = short(f.kind)
  short(f.layer)
  short(f.other_layer)
  short(f.name)
  short(f.block)
  short(f.operation_kind)
  short(f.status)
  local heading = short(f.heading)
  if not heading then
    tree:add_proto_expert_info(damaged)
    return buffer:len()
  end
  info.cols.info = heading ~= "" and heading or kind
  tree:append_text(": " .. (heading ~= "" and heading or kind))
  if buffer(16, 4):le_uint() ~= none then tree:add(f.operation, buffer(16, 4), buffer(16, 4):le_uint() + 1) end
  -- Events are packets in the same order, counted from 1.
  if buffer(20, 4):le_uint() ~= none then tree:add(f.parent, buffer(20, 4), buffer(20, 4):le_uint() + 1) end
  if buffer(24, 4):le_uint() ~= none then tree:add(f.partner, buffer(24, 4), buffer(24, 4):le_uint() + 1) end
  if buffer(10, 1):uint() ~= 0 then tree:add_le(f.status_value, buffer(28, 4)) end
  tree:add(f.irql, buffer(9, 1))
  tree:add_le(f.virtual, buffer(32, 8))
  tree:add_le(f.measured, buffer(40, 8))
  tree:add_le(f.subject, buffer(48, 8))
  tree:add_le(f.detail, buffer(56, 8))

  if at + 2 > buffer:len() then
    tree:add_proto_expert_info(damaged)
    return buffer:len()
  end
  local changes = buffer(at, 2):le_uint()
  at = at + 2
  for _ = 1, changes do
    local region, item = short(f.changed)
    if not region or at + 7 > buffer:len() then
      tree:add_proto_expert_info(damaged)
      return buffer:len()
    end
    local into = item or tree
    into:add_le(f.offset, buffer(at, 4))
    into:add(f.writer, buffer(at + 4, 1))
    local length = buffer(at + 5, 2):le_uint()
    at = at + 7
    if at + 2 * length > buffer:len() then
      tree:add_proto_expert_info(damaged)
      return buffer:len()
    end
    if length > 0 then
      into:add(f.before, buffer(at, length))
      into:add(f.after, buffer(at + length, length))
    end
    at = at + 2 * length
  end
  return buffer:len()
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, lab)
