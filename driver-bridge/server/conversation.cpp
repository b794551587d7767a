// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
#include "driver-bridge/server/conversation.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace chimneylab::bridge {
namespace {

constexpr std::size_t usual_buffer = 256 * 1024;
constexpr std::size_t most_answers = 64;
constexpr std::uint32_t most_alternatives = 4096;

std::string_view type_name(std::uint8_t type) {
    switch (type) {
        case chimney_wire_hello_frame: return "HELLO";
        case chimney_wire_run_frame: return "RUN";
        case chimney_wire_layers_frame: return "LAYERS";
        case chimney_wire_names_frame: return "NAMES";
        case chimney_wire_events_frame: return "EVENTS";
        case chimney_wire_drops_frame: return "DROPS";
        case chimney_wire_answer_frame: return "ANSWER";
        case chimney_wire_state_frame: return "STATE";
        case chimney_wire_keepalive_frame: return "KEEPALIVE";
        case chimney_wire_goodbye_frame: return "GOODBYE";
        default: return "unknown";
    }
}

std::string versions(std::uint16_t lowest, std::uint16_t highest) {
    return lowest == highest ? "version " + std::to_string(lowest)
                             : "versions " + std::to_string(lowest) + " to " + std::to_string(highest);
}

std::uint32_t capability_for(std::uint8_t command) {
    switch (command) {
        case chimney_wire_start:
        case chimney_wire_pause:
        case chimney_wire_step: return chimney_wire_can_pause;
        case chimney_wire_stop: return chimney_wire_can_stop;
        case chimney_wire_run_scenario: return chimney_wire_can_run_scenario;
        case chimney_wire_inject: return chimney_wire_can_inject;
        case chimney_wire_choose: return chimney_wire_can_choose;
        default: return 0;
    }
}

}  // namespace

Conversation::Conversation(ConversationOptions options, Admit admit)
    : options_(std::move(options)),
      admit_(std::move(admit)),
      // Who has not introduced itself gets no more memory than an introduction needs.
      buffer_(chimney_wire_header_size + chimney_wire_hello_limit) {}

std::span<std::uint8_t> Conversation::receive_space() { return std::span(buffer_).subspan(filled_); }

bool Conversation::received(std::size_t count) {
    if (stage_ == Stage::over) return false;
    filled_ += count;
    return take_frames();
}

std::vector<std::uint8_t> Conversation::take_output() { return std::exchange(output_, {}); }

template <typename Put>
void Conversation::say(std::size_t room, Put put) {
    const std::size_t before = output_.size();
    output_.resize(before + chimney_wire_header_size + room);
    output_.resize(before + put(output_.data() + before, chimney_wire_header_size + room));
}

bool Conversation::take_frames() {
    std::size_t at = 0;
    while (stage_ != Stage::over) {
        const bool introduced = stage_ == Stage::open;
        const std::uint32_t limit = introduced ? chimney_wire_payload_limit : chimney_wire_hello_limit;
        chimney_wire_frame frame;
        const auto found = chimney_wire_find(buffer_.data() + at, filled_ - at, limit, &frame);
        if (found == chimney_wire_found_part) {
            const std::size_t whole = filled_ - at >= chimney_wire_header_size ? chimney_wire_header_size + frame.size : 0;
            std::memmove(buffer_.data(), buffer_.data() + at, filled_ - at);
            filled_ -= at;
            if (whole > buffer_.size())
                buffer_.resize(whole);
            else if (whole < usual_buffer && buffer_.size() > usual_buffer && filled_ < usual_buffer)
                buffer_.resize(usual_buffer);
            return true;
        }
        if (found != chimney_wire_found_frame) {
            if (!introduced)
                end({chimney_wire_malformed, false,
                     "what came is not ChimneyLab's protocol. Connect a ChimneyLab producer to this endpoint", {}});
            else if (found == chimney_wire_found_garbage)
                wrong(frame = {0, nullptr, 0}, "does not begin as a frame does");
            else
                end({chimney_wire_too_large, false,
                     "frame " + std::to_string(frames_) + " claims " + std::to_string(frame.size) +
                         " bytes; no frame may have more than " + std::to_string(limit), {}});
            return false;
        }
        if (!take(frame)) return false;
        ++frames_;
        at += chimney_wire_header_size + frame.size;
    }
    return false;
}

bool Conversation::wrong(const chimney_wire_frame& frame, const std::string& what) {
    const std::string which = frame.type == 0 ? "" : " (" + std::string(type_name(frame.type)) + ")";
    end({builder_ && builder_->full() ? chimney_wire_limit_reached : chimney_wire_malformed, false,
         "frame " + std::to_string(frames_) + which + " " + what, {}});
    return false;
}

bool Conversation::take(const chimney_wire_frame& frame) {
    if (stage_ == Stage::expects_hello) {
        if (frame.type != chimney_wire_hello_frame) return wrong(frame, "comes before the HELLO");
        return hello(frame);
    }
    const std::span<const std::uint8_t> payload(frame.payload, frame.size);
    SessionBuilder::Wrong problem;
    switch (frame.type) {
        case chimney_wire_hello_frame: return wrong(frame, "comes a second time");
        case chimney_wire_run_frame: problem = builder_->run(payload); break;
        case chimney_wire_layers_frame: problem = builder_->layers(payload); break;
        case chimney_wire_names_frame: problem = builder_->names(payload); break;
        case chimney_wire_events_frame: problem = builder_->events(payload); break;
        case chimney_wire_drops_frame: problem = builder_->drops(payload); break;
        case chimney_wire_answer_frame: {
            chimney_wire_answer answer;
            if (!chimney_wire_get_answer(frame.payload, frame.size, &answer)) return wrong(frame, "is no answer");
            if (answers_.size() < most_answers)
                answers_.push_back({answer.request, answer.refused == 0, std::string(answer.text.data, answer.text.size)});
            break;
        }
        case chimney_wire_state_frame: {
            chimney_wire_state state;
            if (!chimney_wire_get_state(frame.payload, frame.size, &state)) return wrong(frame, "tells no state");
            producer_state_ = state.state;
            ++states_told_;
            alternatives_.clear();
            for (std::uint32_t i = 0; i < state.alternatives && i < most_alternatives; ++i)
                alternatives_.push_back(builder_->name_text(chimney_wire_state_name(&state, i)));
            break;
        }
        case chimney_wire_keepalive_frame: {
            chimney_wire_keepalive keepalive;
            if (!chimney_wire_get_keepalive(frame.payload, frame.size, &keepalive))
                return wrong(frame, "is no keepalive");
            last_from_producer_ = keepalive.sent;
            if (keepalive.echoed != 0) echo_ = keepalive.echoed;
            break;
        }
        case chimney_wire_goodbye_frame: return goodbye(frame);
        default: return wrong(frame, "is of a type that this version does not have: " + std::to_string(frame.type));
    }
    return problem ? wrong(frame, *problem) : true;
}

bool Conversation::hello(const chimney_wire_frame& frame) {
    chimney_wire_hello hello;
    if (!chimney_wire_get_hello(frame.payload, frame.size, &hello)) return wrong(frame, "is no introduction");
    if (hello.lowest_version > chimney_wire_version_highest || hello.highest_version < chimney_wire_version_lowest) {
        const bool producer_is_newer = hello.lowest_version > chimney_wire_version_highest;
        end({chimney_wire_no_common_version, false,
             "the producer speaks " + versions(hello.lowest_version, hello.highest_version) +
                 " of the protocol and this recorder " +
                 versions(chimney_wire_version_lowest, chimney_wire_version_highest) + ". Update the " +
                 (producer_is_newer ? "recorder (ChimneyLab)" : "producer (build it against this ChimneyLab's driver-bridge)"),
             {}});
        return false;
    }
    if (!options_.token.empty() && !options_.token.matches({hello.token.data, hello.token.size})) {
        end({chimney_wire_refused_token, false,
             "the producer's token is not this recorder's. Give both the same token file", {}});
        return false;
    }
    const Admission admission = admit_(hello);
    if (!admission.builder) {
        end(admission.refusal);
        return false;
    }
    builder_ = admission.builder;
    capabilities_ = hello.capabilities;
    stage_ = Stage::open;
    // The rest of what is in the buffer moves with it.
    buffer_.resize(usual_buffer);
    chimney_wire_welcome welcome;
    welcome.version = std::min<std::uint16_t>(hello.highest_version, chimney_wire_version_highest);
    welcome.payload_limit = chimney_wire_payload_limit;
    welcome.keepalive_milliseconds = static_cast<std::uint32_t>(options_.keepalive.count());
    welcome.silence_milliseconds = static_cast<std::uint32_t>(options_.silence.count());
    welcome.next_sequence = builder_->next_sequence();
    say(64, [&](auto* out, auto room) { return chimney_wire_put_welcome(out, room, &welcome); });
    return true;
}

bool Conversation::goodbye(const chimney_wire_frame& frame) {
    chimney_wire_goodbye goodbye;
    if (!chimney_wire_get_goodbye(frame.payload, frame.size, &goodbye) || goodbye.reason > chimney_wire_going_down)
        return wrong(frame, "takes no proper leave");
    stage_ = Stage::over;
    ending_.reason = static_cast<chimney_wire_goodbye_reason>(goodbye.reason);
    ending_.by_producer = true;
    ending_.expected_next = goodbye.next_sequence;
    const std::string said(goodbye.text.data, goodbye.text.size);
    if (goodbye.reason == chimney_wire_stopped)
        ending_.text = said.empty() ? "the producer was stopped" : said;
    else if (goodbye.reason != chimney_wire_finished)
        ending_.text = "the producer took leave" + (said.empty() ? std::string() : ": " + said);
    // It may go when it knows that everything arrived.
    say(16, [&](auto* out, auto room) { return chimney_wire_put_acknowledge(out, room, builder_->next_sequence()); });
    return false;
}

void Conversation::end(Ending ending) {
    if (stage_ == Stage::over) return;
    stage_ = Stage::over;
    ending_ = std::move(ending);
    chimney_wire_goodbye goodbye;
    goodbye.reason = ending_.reason;
    goodbye.next_sequence = builder_ ? builder_->next_sequence() : 0;
    goodbye.text = {ending_.text.data(), static_cast<std::uint32_t>(std::min<std::size_t>(ending_.text.size(), 4096))};
    say(4096 + 64, [&](auto* out, auto room) { return chimney_wire_put_goodbye(out, room, &goodbye); });
}

void Conversation::keep_alive(std::uint64_t now) {
    if (stage_ != Stage::open) return;
    const chimney_wire_keepalive keepalive{now, last_from_producer_};
    say(16, [&](auto* out, auto room) { return chimney_wire_put_keepalive(out, room, &keepalive); });
    say(16, [&](auto* out, auto room) { return chimney_wire_put_acknowledge(out, room, builder_->next_sequence()); });
}

bool Conversation::control(const chimney_wire_control& control) {
    if (stage_ != Stage::open || (capabilities_ & capability_for(control.command)) == 0) return false;
    say(64 + control.text.size, [&](auto* out, auto room) { return chimney_wire_put_control(out, room, &control); });
    return true;
}

std::optional<std::uint64_t> Conversation::take_echo() { return std::exchange(echo_, std::nullopt); }

std::vector<Conversation::Answer> Conversation::take_answers() { return std::exchange(answers_, {}); }

}  // namespace chimneylab::bridge
