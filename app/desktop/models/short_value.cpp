// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/models/short_value.h"

#include "app/desktop/models/event_text.h"
#include "app/desktop/models/session.h"
#include "engine/trace/text.h"

namespace chimneylab::desktop {

QString address_text(std::uint64_t value) { return QStringLiteral("0x%1").arg(value, 16, 16, QLatin1Char('0')); }

QString offset_text(std::uint32_t offset) { return QStringLiteral("0x%1").arg(offset, 2, 16, QLatin1Char('0')); }

QString short_value(const trace::History& history, trace::EventId at, std::uint64_t value) {
    const trace::ValueMeaning meaning = trace::value_meaning(history, at, value);
    const auto object = [&] { return to_qstring(trace::object_name(history, meaning.region)); };
    const auto of = [&](const QString& what) {
        return what + QStringLiteral(" · ") + short_layer_name(history, meaning.owner);
    };
    switch (meaning.kind) {
        case trace::ValueKind::null:
            return QStringLiteral("NULL");
        case trace::ValueKind::block:
            return object();
        case trace::ValueKind::offload_handle:
            return of(QStringLiteral("handle ") + object());
        case trace::ValueKind::offload_context_slot:
            return of(QLatin1Char('&') + object() + QStringLiteral(".Context"));
        case trace::ValueKind::offload_entry:
            return of(QStringLiteral("entry ") + object());
        case trace::ValueKind::call_entry: {
            const auto ordinal = history.trace().region(meaning.region).ordinal;
            return ordinal > 0 ? of(QStringLiteral("entry #%1").arg(ordinal)) : to_qstring(meaning.text);
        }
        case trace::ValueKind::binding: {
            const trace::Binding* binding = history.binding(value);
            if (binding == nullptr) return to_qstring(meaning.text);
            QString text = short_layer_name(history, binding->upper) + QStringLiteral(" → ") +
                           short_layer_name(history, static_cast<trace::LayerIndex>(binding->upper + 1));
            if (binding->number > 1) text += QStringLiteral(" (%1)").arg(binding->number);
            return binding->closed.valid() && binding->closed <= at ? QStringLiteral("closed ") + text : text;
        }
        case trace::ValueKind::poison:
            return QStringLiteral("poison");
        default:
            return to_qstring(meaning.text);
    }
}

QString short_member_value(const trace::History& history, trace::EventId at, const trace::Member& member,
                           std::uint64_t value) {
    if (member.offset == trace::block_offset::type)
        return to_qstring(trace::state_type_text(static_cast<std::uint8_t>(value)));
    if (member.size < 8)
        return to_qstring(trace::member_text(history, at, trace::RegionKind::block_list, member, value));
    return short_value(history, at, value);
}

}  // namespace chimneylab::desktop
