// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: MIT
//
// Drivers in plain C with one mistake each, on the real machine: each is caught by the rule that a person would name. At
// the end the table defect × rule is printed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <set>
#include <string>

#include "engine/faulty_drivers/faults.h"
#include "engine/verifier/verifier.h"
#include "tests/drivers/stack.h"

namespace chimneylab::verifier {
namespace {

using test::Stack;
using test::fresh;
using test::placeholder;
using test::reference;

constexpr std::uint32_t N = CHIMNEY_OBJECT_NEIGHBOR, P = CHIMNEY_OBJECT_PATH, T = CHIMNEY_OBJECT_CONNECTION;
trace::LayerIndex faulty_layer = 2;

int applies() {
    const machine::Machine* machine = machine::Machine::current();
    return machine && machine->current_layer() == faulty_layer ? 1 : 0;
}

struct Bed {
    Stack& stack;
    std::uint32_t n = 0, p = 0, t = 0, t2 = 0;
    void initiate() { stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, n, {fresh(P, p, {fresh(T, t), fresh(T, t2)})})}); }
    void fail(std::uint32_t operation, std::uint32_t block, std::uint32_t status) {
        chimney_target_failure failure{};
        failure.operation_kind = operation;
        failure.nth_operation = 1;
        failure.block_index = block;
        failure.status = status;
        stack.target(IOCTL_CHIMNEY_TARGET_ADD_FAILURE, failure);
    }
};

constexpr std::uint32_t no_room = 0xC0231004, failed = 0xC0000001;

void boot_only(Bed&) {}
void just_initiate(Bed& bed) { bed.initiate(); }
void initiate_and_query(Bed& bed) {
    bed.initiate();
    bed.stack.carry_out(CHIMNEY_OPERATION_QUERY, {reference(T, bed.t)});
}
void initiate_that_fails_in_part(Bed& bed) {
    bed.fail(CHIMNEY_OPERATION_INITIATE, 3, no_room);
    bed.initiate();
}
void with_send_data(Bed& bed) {
    test::Node connection = fresh(T, bed.t);
    connection.send_lists = 2;
    connection.send_bytes = 100;
    bed.stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, bed.n, {fresh(P, bed.p, {connection})})});
}
void with_send_data_that_fails(Bed& bed) {
    bed.fail(CHIMNEY_OPERATION_INITIATE, 2, no_room);
    with_send_data(bed);
}
void terminated(Bed& bed) {
    bed.initiate();
    bed.stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(T, bed.t)});
}
void terminate_that_fails(Bed& bed) {
    bed.initiate();
    bed.fail(CHIMNEY_OPERATION_TERMINATE, 0, failed);
    bed.stack.carry_out(CHIMNEY_OPERATION_TERMINATE, {reference(T, bed.t)});
}
void linker_that_fails(Bed& bed) {
    bed.stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, bed.n, {fresh(P, bed.p, {fresh(T, bed.t)})})});
    bed.fail(CHIMNEY_OPERATION_INITIATE, 1, no_room);
    bed.stack.carry_out(CHIMNEY_OPERATION_INITIATE, {reference(P, bed.p, {fresh(T, bed.t2)})});
}
void placeholder_query(Bed& bed) {
    bed.initiate();
    bed.stack.carry_out(CHIMNEY_OPERATION_QUERY, {placeholder(N, {placeholder(P, {reference(T, bed.t)})})});
}
void two_at_once(Bed& bed) {
    bed.stack.start(CHIMNEY_OPERATION_INITIATE, {fresh(N, bed.n)});
    bed.stack.start(CHIMNEY_OPERATION_INITIATE, {fresh(N, bed.stack.neighbor())});
    bed.stack.run();
}
void memory_runs_out(Bed& bed) {
    machine::FaultFilter filter;
    filter.owner = faulty_layer;
    bed.stack.machine().pool().faults().fail_nth(3, filter);
    bed.initiate();
}
void transfer(Bed& bed, std::uint32_t kind, std::uint32_t count = 1, bool room = true) {
    chimney_host_stack_transfer command{};
    command.object = bed.t;
    command.kind = kind;
    command.count = count;
    command.bytes = 100;
    command.flags = kind == CHIMNEY_TRANSFER_DISCONNECT ? 1 : 0;
    command.without_context_room = room ? 0 : 1;
    bed.stack.host(IOCTL_CHIMNEY_HOST_STACK_START_TRANSFER, command);
}
void sends(Bed& bed) {
    bed.initiate();
    transfer(bed, CHIMNEY_TRANSFER_SEND);
    bed.stack.run();
}
void sends_two_lists(Bed& bed) {
    bed.initiate();
    transfer(bed, CHIMNEY_TRANSFER_SEND, 2);
    bed.stack.run();
}
void disconnects(Bed& bed) {
    bed.initiate();
    transfer(bed, CHIMNEY_TRANSFER_DISCONNECT);
    bed.stack.run();
}
void sends_and_disconnects(Bed& bed) {
    bed.initiate();
    transfer(bed, CHIMNEY_TRANSFER_SEND);
    transfer(bed, CHIMNEY_TRANSFER_DISCONNECT);
    bed.stack.run();
}
void send_without_memory(Bed& bed) {
    bed.initiate();
    machine::FaultFilter filter;
    filter.owner = faulty_layer;
    bed.stack.machine().pool().faults().fail_nth(1, filter);
    transfer(bed, CHIMNEY_TRANSFER_SEND, 2, false);
    bed.stack.run();
}
void send_after_one_without_memory(Bed& bed) {
    send_without_memory(bed);
    transfer(bed, CHIMNEY_TRANSFER_SEND);
    bed.stack.run();
}
void sends_on_the_second_edge(Bed& bed) {
    bed.stack.carry_out(CHIMNEY_OPERATION_INITIATE, {fresh(N, bed.n, {fresh(P, bed.p, {fresh(T, bed.t)})})}, 2);
    transfer(bed, CHIMNEY_TRANSFER_SEND);
    bed.stack.run();
}
void asks_about_the_neighbor(Bed& bed) {
    bed.initiate();
    chimney_target_object object{};
    for (object.index = 0; bed.stack.target(IOCTL_CHIMNEY_TARGET_QUERY_OBJECT, object) && object.command.result == 0; ++object.index)
        if (object.kind == N) break;
    chimney_target_event event{};
    event.object_kind = N;
    event.number = object.number;
    event.event_type = 2;
    bed.stack.target(IOCTL_CHIMNEY_TARGET_INDICATE_EVENT, event);
    bed.stack.run();
}
void indicates(Bed& bed) {
    bed.initiate();
    chimney_target_object object{};
    for (object.index = 0; bed.stack.target(IOCTL_CHIMNEY_TARGET_QUERY_OBJECT, object) && object.command.result == 0; ++object.index)
        if (object.kind == T) break;
    chimney_target_event event{};
    event.object_kind = T;
    event.number = object.number;
    event.event_type = 3;
    event.information = 1;
    bed.stack.target(IOCTL_CHIMNEY_TARGET_INDICATE_EVENT, event);
    bed.stack.run();
}
void receives(Bed& bed) {
    if (bed.stack.object(bed.t).state == CHIMNEY_OBJECT_IN_HOST) bed.initiate();
    chimney_target_object object{};
    for (object.index = 0; bed.stack.target(IOCTL_CHIMNEY_TARGET_QUERY_OBJECT, object) && object.command.result == 0; ++object.index)
        if (object.kind == T) break;
    chimney_target_receive receive{};
    receive.number = object.number;
    receive.bytes = 200;
    receive.push = 1;
    bed.stack.target(IOCTL_CHIMNEY_TARGET_INDICATE_RECEIVE, receive);
    bed.stack.run();
}
void sends_and_receives(Bed& bed) {
    sends(bed);
    receives(bed);
}
void receives_what_is_refused(Bed& bed) {
    bed.initiate();
    chimney_host_stack_receive_answer answer{};
    answer.object = bed.t;
    answer.answer = CHIMNEY_RECEIVE_REFUSE;
    bed.stack.host(IOCTL_CHIMNEY_HOST_STACK_SET_RECEIVE_ANSWER, answer);
    receives(bed);
}
void paused(Bed& bed) {
    chimney_target_status status{};
    status.status = 0x40020001;
    bed.stack.target(IOCTL_CHIMNEY_TARGET_INDICATE_STATUS, status);
    bed.stack.run();
}

void paused_with_something_below(Bed& bed) {
    bed.initiate();
    paused(bed);
}

struct Case {
    chimneylab_fault fault;
    std::string rule;
    void (*play)(Bed&);
    std::set<std::string> also = {};  // further first causes
    bool armed_after_initiate = false;
    trace::LayerIndex layer = 2;
    machine::Mode mode = machine::Mode::faithful;
};

class FaultyDriver : public testing::TestWithParam<Case> {
public:
    static void TearDownTestSuite() {
        std::printf("\n%-32s %-8s %s\n", "defect", "rule", "all first causes");
        for (const auto& row : table) std::printf("%s\n", row.c_str());
    }
    static inline std::vector<std::string> table;
};

void PrintTo(const Case& value, std::ostream* out) { *out << ChimneylabFaultName(value.fault); }

TEST_P(FaultyDriver, IsCaughtByItsRule) {
    const Case& test = GetParam();
    faulty_layer = test.layer;
    ChimneylabChooseFault(test.armed_after_initiate ? NoFault : test.fault, applies);
    test::StackOptions options;
    options.intermediate_drivers = 3;
    options.virtual_miniports = 2;
    options.mode = test.mode;
    Stack stack(options);
    Bed bed{stack};
    bed.n = stack.neighbor();
    bed.p = stack.path(bed.n);
    bed.t = stack.connection(bed.p);
    bed.t2 = stack.connection(bed.p);
    if (test.armed_after_initiate) {
        bed.initiate();
        ChimneylabChooseFault(test.fault, applies);
    }
    test.play(bed);
    stack.machine().finish();
    const trace::Trace trace = stack.machine().recorder().take();
    ChimneylabChooseFault(NoFault, nullptr);
    const auto violations = verify(trace);
    std::set<std::string> first_causes;
    std::string told, causes;
    bool right_floor = test.rule.empty();
    for (const Violation& each : violations) {
        told += std::string(each.first_cause ? "* " : "  ") + std::string(each.rule) + " @" + std::to_string(each.event.value) + " " +
                std::string(trace.text(trace.event(each.event).name)) + " layer " + std::to_string(each.layer) + " [" + each.member +
                "] " + each.explanation + " (expected " + each.expected_text + ", seen " + each.seen_text + ")\n";
        if (each.first_cause) first_causes.insert(std::string(each.rule));
        right_floor = right_floor || (each.rule == test.rule && each.layer == faulty_layer);
    }
    for (const std::string& cause : first_causes) causes += cause + " ";
    char row[160];
    std::snprintf(row, sizeof row, "%-32s %-8s %s", ChimneylabFaultName(test.fault), test.rule.c_str(), causes.c_str());
    table.push_back(row);
    std::set<std::string> wanted = test.also;
    if (!test.rule.empty()) wanted.insert(test.rule);
    EXPECT_EQ(first_causes, wanted) << told;
    EXPECT_TRUE(right_floor) << told;
}

const Case cases[] = {
    {NoFault, "", initiate_and_query},
    {NoProviderGenericTable, "IM-001", just_initiate},
    {NoProviderTcpTable, "IM-002", boot_only},
    {NoClientGenericTable, "IM-003", just_initiate},
    {NoClientTcpTable, "IM-004", just_initiate},
    {ClientGenericTableLate, "IM-003", just_initiate},
    {QueryHandlerMissing, "IM-005", just_initiate},
    {ForwardCompleteMissing, "IM-006", boot_only},
    {WrongTableType, "IM-007", boot_only},
    {WrongOffloadType, "IM-008", boot_only},
    {TableTooShort, "IM-009", boot_only},
    {TableFlagsSet, "IM-009", boot_only},
    {HandlersAskedTwice, "IM-011", boot_only},
    {IpsecHandlersAsked, "IM-011", boot_only},
    {OneEdgeOnly, "IM-014", just_initiate},
    {CapabilityRequestSwallowed, "IM-015", boot_only},
    {PauseSwallowed, "IM-118", paused},
    {ResumesTooSoon, "IM-117", paused_with_something_below},
    {QueryPassedAsUpdate, "IM-027", initiate_and_query},
    {Swallowed, "IM-028", just_initiate},
    {NothingStored, "IM-030", just_initiate},
    {CallEntryKeptElsewhere, "IM-031", just_initiate},
    {SourceHandleWritten, "IM-033", just_initiate},
    {UpperHandleOfFirst, "IM-034", just_initiate},
    {UpperHandlePassedDown, "IM-035", just_initiate},
    {HandleNotZero, "IM-036", just_initiate},
    {NewHandleForLinker, "IM-037", initiate_and_query},
    {PlaceholderGetsHandle, "IM-038", placeholder_query},
    {SiblingsSkipped, "IM-039", just_initiate},
    {OnlyRootConverted, "IM-039", just_initiate},
    {SiblingsCut, "IM-041", just_initiate},
    {StatusWritten, "IM-041", just_initiate},
    {ProtocolReservedUsed, "IM-041", just_initiate},
    {PortChanged, "IM-041", just_initiate},
    {StateChanged, "IM-109", just_initiate},
    {TreeTouchedAfterCall, "IM-043", just_initiate},
    {CallEntryTouchedAfterCall, "IM-043", just_initiate},
    {StaticCallEntry, "IM-112", two_at_once, {}, false, 1},
    {SecondWaits, "IM-112", two_at_once},
    {HandlerWaits, "IM-048", just_initiate},
    {SavedInScratch, "IM-044", just_initiate, {}, false, 2, machine::Mode::strict},
    {SavedInMiniportReserved, "IM-045", just_initiate, {}, false, 2, machine::Mode::strict},
    {UndoForgotten, "IM-046", memory_runs_out},
    {RefusedWithSuccess, "IM-046", memory_runs_out},
    {QueryFailedLocally, "IM-047", initiate_and_query},
    {NeverCompleted, "IM-049", just_initiate},
    {CompletedTwice, "IM-049", just_initiate},
    {SourceHandleForgotten, "IM-050", just_initiate},
    {ImReservedForgotten, "IM-051", just_initiate},
    {OneWordSaved, "IM-032", just_initiate},
    {HandleOfSiblingForgotten, "IM-052", just_initiate},
    {ContextSlotForgotten, "IM-053", initiate_and_query, {}, true},
    {ContextNotPublished, "IM-054", just_initiate},
    {ContextOfFailedPublished, "IM-055", initiate_that_fails_in_part},
    {ContextThroughStaleSlot, "IM-056", just_initiate},
    {FailureTurnedIntoSuccess, "IM-057", initiate_that_fails_in_part},
    {PartialTakenForFailure, "IM-060", initiate_that_fails_in_part},
    {WrongCompletion, "IM-070", initiate_and_query},
    {WrongInitiateCompletion, "IM-070", just_initiate},
    {CallEntryFreedTwice, "MEM-002", just_initiate},
    {CallEntryUsedAfterRelease, "MEM-001", just_initiate},
    {TreeTouchedAfterCompletion, "IM-066", just_initiate},
    {EntryOfFailedLeaks, "IM-061", initiate_that_fails_in_part},
    {EntryOfTerminatedLeaks, "IM-063", terminated},
    {EntryOfLinkerFreed, "IM-062", linker_that_fails},
    {EntryFreedAtQuery, "IM-063", initiate_and_query},
    {EntryFreedAtFailedTerminate, "IM-064", terminate_that_fails},
    {CallEntryLeaks, "IM-065", just_initiate},
    {SourceHandleOfDataForgotten, "IM-067", with_send_data_that_fails},
    {StatusOfDataChanged, "IM-068", with_send_data_that_fails},
    {SourceHandleOfSendForgotten, "IM-042", with_send_data},
    {DataOfOffloadedTouched, "IM-114", with_send_data},
    {UpperHandleUsedForSend, "IM-074", sends},
    {SendAnswered, "IM-076", sends},
    {SourceHandleOfSendCleared, "IM-089", sends},
    {ReturnAnswered, "IM-077", receives},
    {OwnHandleIndicated, "IM-090", indicates},
    {SendPassedAsForward, "IM-073", sends},
    {SendSwallowed, "IM-073", sends},
    {DisconnectFlagsChanged, "IM-073", disconnects},
    {ReturnSwallowed, "IM-075", receives},
    {ReturnedOverUpperBinding, "IM-075", sends_and_receives},
    {SourceHandleOfSendForgotten, "IM-078", sends},
    {SendCompletionSwallowed, "IM-079", sends},
    {SendCompletedAsForward, "IM-079", sends},
    {StatusOfSendChanged, "IM-080", sends},
    {ByteCountDropped, "IM-080", sends},
    {RecordLeftOnList, "IM-081", sends},
    {CompletedOnFirstEdge, "IM-082", sends_on_the_second_edge, {}, false, 1},
    {SendRefusedWithFailure, "IM-083", send_without_memory},
    {SendsReordered, "IM-085", sends_two_lists},
    {DisconnectChained, "IM-087", sends_and_disconnects},
    {EventSwallowed, "IM-091", indicates},
    {EventForwardedTwice, "IM-091", indicates},
    {EventTypeChanged, "IM-091", indicates},
    {EventInformationLost, "IM-091", indicates},
    {DataRefusedByItself, "IM-092", receives},
    {DataShownWithStatus, "IM-092", receives},
    {BytesConsumedLost, "IM-092", receives},
    {AnswerReplaced, "IM-092", receives_what_is_refused},
    {IndicatedDataTouched, "IM-095", receives},
    {ReturnedByItself, "IM-096", receives},
    {QuestionKept, "IM-098", asks_about_the_neighbor},
    {QuestionNotTranslated, "IM-098", asks_about_the_neighbor},
    {SendAfterRequestUpload, "IM-110", send_after_one_without_memory},
    {ListTouchedAfterPassing, "IM-111", sends},
    {DisconnectOvertakes, "IM-115", sends_and_disconnects},
};

INSTANTIATE_TEST_SUITE_P(EachMistake, FaultyDriver, testing::ValuesIn(cases),
                         [](const auto& test) {
                             std::string name = test.param.fault == NoFault ? "none" : ChimneylabFaultName(test.param.fault);
                             std::replace(name.begin(), name.end(), '-', '_');
                             if (test.param.rule == "IM-042") name += "_of_an_initiate";
                             return name;
                         });

}  // namespace
}  // namespace chimneylab::verifier
