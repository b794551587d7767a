/*
 * SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * The reference driver in one file, with something terrible in MiniportInitiateOffload (or elsewhere): which, is named by
 * the environment, so that one shared object does for every test. The tests look for the line of a mark.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/intermediate_driver/intermediate.h"

#include "engine/intermediate_driver/binding.c"
#include "engine/intermediate_driver/block_tree.c"
#include "engine/intermediate_driver/call_entry.c"
#include "engine/intermediate_driver/indications.c"
#include "engine/intermediate_driver/list_record.c"
#include "engine/intermediate_driver/offload_data.c"
#include "engine/intermediate_driver/offload_entry.c"
#include "engine/intermediate_driver/oid_request.c"
#include "engine/intermediate_driver/packet_path.c"
#define ImInitiateOffload CorrectImInitiateOffload
#include "engine/intermediate_driver/propagate_down.c"
#undef ImInitiateOffload
#include "engine/intermediate_driver/propagate_up.c"
#include "engine/intermediate_driver/virtual_miniport.c"
#define DriverEntry CorrectDriverEntry
#include "engine/intermediate_driver/driver_entry.c"
#undef DriverEntry

static int Is(const char *defect)
{
    const char *chosen = getenv("DEFECT");
    return chosen != NULL && strcmp(chosen, defect) == 0;
}

static volatile int Zero = 0;
static volatile int *volatile Nothing = NULL;
static volatile int Forever = 1;

static void DereferenceNull(void)
{
    *Nothing = 1; /* mark: null-dereference */
}

static int Recurse(int depth)
{
    volatile char frame[512];
    frame[0] = (char)depth;
    return Recurse(depth + 1) + frame[0]; /* mark: recursion */
}

static void OverwriteStack(size_t length)
{
    char small[16];
    volatile size_t i;
    for (i = 0; i < length; i++) {
        ((volatile char *)small)[i] = 0x41;
    }
} /* mark: stack-overrun */

static void LoopForEver(void)
{
    while (Forever) { /* mark: endless-loop */
    }
}

static void *ThreadOfItsOwn(void *nothing)
{
    DereferenceNull();
    return nothing;
}

static VOID TimerFires(PVOID SystemSpecific1, PVOID FunctionContext, PVOID SystemSpecific2, PVOID SystemSpecific3)
{
    UNREFERENCED_PARAMETER(SystemSpecific1);
    UNREFERENCED_PARAMETER(FunctionContext);
    UNREFERENCED_PARAMETER(SystemSpecific2);
    UNREFERENCED_PARAMETER(SystemSpecific3);
    *Nothing = 1; /* mark: timer */
}

static void StartTimer(NDIS_HANDLE miniport)
{
    NDIS_TIMER_CHARACTERISTICS characteristics;
    NDIS_HANDLE timer;
    LARGE_INTEGER due;

    NdisZeroMemory(&characteristics, sizeof(characteristics));
    characteristics.Header.Type = NDIS_OBJECT_TYPE_TIMER_CHARACTERISTICS;
    characteristics.Header.Revision = NDIS_TIMER_CHARACTERISTICS_REVISION_1;
    characteristics.Header.Size = sizeof(characteristics);
    characteristics.AllocationTag = 'remT';
    characteristics.TimerFunction = TimerFires;
    if (NdisAllocateTimerObject(miniport, &characteristics, &timer) == NDIS_STATUS_SUCCESS) {
        due.QuadPart = -10;
        NdisSetTimerObject(timer, due, 0, NULL);
    }
}

static void Try(const char *what, int worked)
{
    printf("%s: %s\n", what, worked ? "done" : strerror(errno));
    fflush(stdout);
}

static void TryFile(const char *what, const char *variable)
{
    FILE *file = getenv(variable) != NULL ? fopen(getenv(variable), "w") : NULL;
    Try(what, file != NULL);
    if (file != NULL) {
        fclose(file);
    }
}

static void ReachOut(void)
{
    Try("network", socket(AF_INET, SOCK_STREAM, 0) >= 0);
    TryFile("file outside", "OUTSIDE");
    TryFile("file in its folder", "INSIDE");
    execl("/bin/true", "true", (char *)NULL); /* ends the run if it works */
    Try("program", 0);
}

static void Defect(NDIS_HANDLE Miniport, PIM_UPPER_BLOCK Root)
{
    if (Is("null-dereference")) {
        DereferenceNull();
    } else if (Is("reaches-out")) {
        ReachOut();
    } else if (Is("timer")) {
        StartTimer(Miniport);
    } else if (Is("null-call")) {
        ((void (*volatile)(void))NULL)(); /* mark: null-call */
    } else if (Is("wild-call")) {
        ((void (*volatile)(void))0x1234567890)(); /* mark: wild-call */
    } else if (Is("wild-address")) {
        *(volatile int *)0x7000000000 = 1; /* mark: wild-address */
    } else if (Is("impossible-address")) {
        *(volatile int *)0xDEADBEEFDEADBEEF = 1; /* mark: impossible-address */
    } else if (Is("recursion")) {
        Recurse(0);
    } else if (Is("stack-overrun")) {
        OverwriteStack(400);
    } else if (Is("endless-loop")) {
        LoopForEver();
    } else if (Is("endless-calls")) {
        while (Forever) {
            PVOID memory = NdisAllocateMemoryWithTagPriority(NULL, 16, 'pooL', NormalPoolPriority);
            NdisFreeMemory(memory, 16, 0);
        }
    } else if (Is("endless-allocation")) {
        while (Forever) {
            char *memory = malloc(1 << 20);
            memset(memory, 1, 1 << 20); /* mark: endless-allocation */
        }
    } else if (Is("endless-pool")) {
        while (Forever) {
            PVOID memory = NdisAllocateMemoryWithTagPriority(NULL, 1 << 20, 'pooL', NormalPoolPriority);
            NdisZeroMemory(memory, 1 << 20);
        }
    } else if (Is("frees-block-list")) {
        NdisFreeMemory(Root, 0, 0);
    } else if (Is("frees-block-list-to-c")) {
        free(Root); /* mark: frees-block-list-to-c */
    } else if (Is("scribble-heap")) {
        char *volatile memory = malloc(16);
        memset(memory, 0x5A, 1 << 16);
        free(malloc(64));
        free(malloc(6400));
    } else if (Is("scribble-block")) {
        memset(Root, 0x5A, 4096);
    } else if (Is("exit")) {
        exit(0); /* mark: exit */
    } else if (Is("_exit")) {
        _exit(3);
    } else if (Is("abort")) {
        abort(); /* mark: abort */
    } else if (Is("raise")) {
        raise(SIGTERM);
    } else if (Is("kill-itself")) {
        kill(getpid(), SIGKILL);
    } else if (Is("divide")) {
        Zero = 7 / Zero; /* mark: divide */
    } else if (Is("illegal")) {
        __builtin_trap(); /* mark: illegal */
    } else if (Is("closes-everything")) {
        int number;
        for (number = 0; number < 1024; number++) {
            close(number);
        }
        DereferenceNull();
    } else if (Is("writes-everywhere")) {
        int number;
        for (number = 0; number < 64; number++) {
            if (write(number, "garbage\n", 8) < 0) {
                continue;
            }
        }
    } else if (Is("prints")) {
        printf("hello from \033[31mthe driver\n");
        fflush(stdout);
        fprintf(stderr, "and an error\n");
    } else if (Is("prints-endlessly")) {
        while (Forever) {
            puts("again and again and again");
        }
    } else if (Is("huge-message")) {
        char *message = malloc((8 << 20) + 1);
        memset(message, 'x', 8 << 20);
        message[8 << 20] = 0;
        DbgPrint("%s", message);
        free(message);
    } else if (Is("forks")) {
        if (fork() == 0) {
            LoopForEver();
        }
    } else if (Is("thread")) {
        pthread_t thread;
        pthread_create(&thread, NULL, ThreadOfItsOwn, NULL);
        pthread_join(thread, NULL);
    } else if (Is("sleeps")) {
        sleep(1000); /* mark: sleeps */
    } else if (Is("blocks-signals")) {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        LoopForEver();
    }
}

VOID ImInitiateOffload(NDIS_HANDLE MiniportAdapterContext, PIM_UPPER_BLOCK Root)
{
    Defect(((PIM_VIRTUAL_MINIPORT)MiniportAdapterContext)->MiniportHandle, Root);
    CorrectImInitiateOffload(MiniportAdapterContext, Root);
}

__attribute__((constructor)) static void Loaded(void)
{
    if (Is("constructor")) {
        *Nothing = 1; /* mark: constructor */
    }
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    if (Is("driver-entry")) {
        *Nothing = 1; /* mark: driver-entry */
    }
    return CorrectDriverEntry(DriverObject, RegistryPath);
}
