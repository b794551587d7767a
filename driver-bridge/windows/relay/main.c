/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 *
 * chimney-relay: takes what a driver's probe recorded out of its device, by requests that the driver holds until there is
 * something, and sends it to a recorder.
 *
 *   chimney-relay --connect HOST:PORT [--device \\.\ChimneyLab] [--token-file FILE]
 *   chimney-relay --connect HOST:PORT --lab PLAN [--variant NAME] [--schedule fifo|lifo|seed:N] [--name TEXT]
 *
 * --name is what the session says runs there beside the lab's driver. The second starts the lab's own drivers, has them carry out the scenario in PLAN, and removes them. Exit codes are those of
 * chimneylab-cli: 0, 1 something to report, 2 bad usage or nobody there, 3 a driver or the connection failed. */
#include <winsock2.h>
#include <windows.h>
#include <winioctl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver-bridge/windows/drivers/control.h"
#include "driver-bridge/windows/relay/conversation.h"
#include "driver-bridge/windows/relay/services.h"

struct options {
    const char *connect, *device, *token_file, *plan, *variant, *schedule, *name;
};

static const char usage[] =
    "chimney-relay --connect HOST:PORT [--device \\\\.\\NAME] [--token-file FILE]\n"
    "chimney-relay --connect HOST:PORT --lab PLAN [--variant NAME] [--schedule fifo|lifo|seed:N] [--name TEXT]\n";

static int read_options(int count, char **words, struct options *options)
{
    int i;
    memset(options, 0, sizeof *options);
    options->device = "\\\\.\\ChimneyLab";
    options->variant = options->schedule = "";
    for (i = 1; i < count; ++i) {
        const char **value = strcmp(words[i], "--connect") == 0      ? &options->connect
                             : strcmp(words[i], "--device") == 0     ? &options->device
                             : strcmp(words[i], "--token-file") == 0 ? &options->token_file
                             : strcmp(words[i], "--lab") == 0        ? &options->plan
                             : strcmp(words[i], "--variant") == 0    ? &options->variant
                             : strcmp(words[i], "--schedule") == 0   ? &options->schedule
                             : strcmp(words[i], "--name") == 0       ? &options->name
                                                                     : NULL;
        if (value == NULL || i + 1 == count) {
            fprintf(stderr, "chimney-relay: %s %s\n%s", words[i], value == NULL ? "is no option" : "wants a value", usage);
            return -1;
        }
        *value = words[++i];
    }
    if (options->connect == NULL) {
        fputs(usage, stderr);
        return -1;
    }
    return 0;
}

/* The whole file behind `before` free bytes; NULL after saying why. */
static char *read_file(const char *name, size_t before, size_t limit, size_t *size)
{
    FILE *file = fopen(name, "rb");
    char *bytes = (char *)malloc(before + limit + 1);
    if (file == NULL || bytes == NULL) {
        fprintf(stderr, "chimney-relay: %s cannot be read\n", name);
        if (file != NULL) fclose(file);
        free(bytes);
        return NULL;
    }
    *size = fread(bytes + before, 1, limit + 1, file);
    fclose(file);
    if (*size <= limit) return bytes;
    fprintf(stderr, "chimney-relay: %s is larger than %lu bytes\n", name, (unsigned long)limit);
    free(bytes);
    return NULL;
}

static int ask(HANDLE device, DWORD code, void *in, DWORD in_size, void *out, DWORD out_size, DWORD *got)
{
    DWORD size = 0;
    const BOOL done = DeviceIoControl(device, code, in, in_size, out, out_size, &size, NULL);
    if (got != NULL) *got = size;
    return done ? 0 : -1;
}

/* Nanoseconds since 1970 when the driver's clock stood at its origin; 0 when its clock is not this process's. */
static uint64_t wall_clock(const struct chimney_introduction *driver)
{
    LARGE_INTEGER frequency, ticks;
    FILETIME now;
    uint64_t since_1601;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&ticks);
    GetSystemTimeAsFileTime(&now);
    if ((uint64_t)frequency.QuadPart != driver->clock_frequency || (uint64_t)ticks.QuadPart < driver->clock_origin) return 0;
    since_1601 = ((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) * 100;
    return since_1601 - UINT64_C(11644473600000000000) -
           (uint64_t)((double)((uint64_t)ticks.QuadPart - driver->clock_origin) * 1e9 / (double)driver->clock_frequency);
}

static struct conversation *introduce(const struct options *options, const struct chimney_introduction *driver)
{
    struct chimney_wire_hello hello;
    struct conversation *with = NULL;
    char *token = NULL;
    char producer[sizeof driver->producer + 192];
    size_t size = 0;
    memset(&hello, 0, sizeof hello);
    if (options->token_file != NULL) {
        token = read_file(options->token_file, 0, 1024, &size);
        if (token == NULL) return NULL;
        while (size > 0 && strchr(" \t\r\n", token[size - 1]) != NULL) --size;
    }
    hello.lowest_version = chimney_wire_version_lowest;
    hello.highest_version = chimney_wire_version_highest;
    hello.pointer_size = (uint8_t)driver->pointer_size;
    hello.clock_frequency = driver->clock_frequency;
    hello.clock_origin = driver->clock_origin;
    hello.wall_clock = wall_clock(driver);
    hello.capabilities = driver->capabilities;
    hello.first_sequence = driver->first_sequence;
    hello.token.data = token;
    hello.token.size = (uint32_t)size;
    snprintf(producer, sizeof producer, "%.*s%s%s", (int)strnlen(driver->producer, sizeof driver->producer), driver->producer,
             options->name == NULL ? "" : " with ", options->name == NULL ? "" : options->name);
    hello.producer.data = producer;
    hello.producer.size = (uint32_t)strlen(producer);
    hello.build.data = "by way of chimney-relay";
    hello.build.size = (uint32_t)strlen(hello.build.data);
    with = converse(options->connect, &hello);
    free(token);
    return with;
}

/* The lab's own drivers: begins the run. */
static int begin_run(HANDLE device, const struct options *options)
{
    size_t size = 0;
    struct chimney_run_request *request;
    int problem;
    if (strlen(options->variant) >= sizeof request->variant || strlen(options->schedule) >= sizeof request->schedule) {
        fprintf(stderr, "chimney-relay: a variant or schedule has at most 63 characters\n");
        return -1;
    }
    request = (struct chimney_run_request *)read_file(options->plan, sizeof *request, 16u << 20, &size);
    if (request == NULL) return -1;
    memset(request, 0, sizeof *request);
    request->plan_size = (uint32_t)size;
    strcpy(request->variant, options->variant);
    strcpy(request->schedule, options->schedule);
    problem = ask(device, IOCTL_CHIMNEY_RUN, request, (DWORD)(sizeof *request + size), NULL, 0, NULL);
    if (problem != 0) fprintf(stderr, "chimney-relay: the driver does not begin the run: error %lu\n", GetLastError());
    free(request);
    return problem;
}

/* 0: the driver has said everything; else why not. `text` gets it for the recorder. */
static int carry(HANDLE device, struct conversation *with, char *text, size_t room)
{
    uint8_t *frames = (uint8_t *)malloc(chimney_read_room);
    int problem = frames == NULL ? -1 : 0;
    *text = 0;
    while (problem == 0) {
        DWORD size = 0;
        if (ask(device, IOCTL_CHIMNEY_READ, NULL, 0, frames, chimney_read_room, &size) != 0) {
            const unsigned long error = GetLastError();
            if (error == ERROR_HANDLE_EOF) break;
            snprintf(text, room, "the driver's device is gone (error %lu): under Wine the process that holds all drivers has ended, as "
                                 "a machine ends with a bug check", error);
            problem = -1;
        } else {
            problem = send_frames(with, frames, size);
        }
    }
    free(frames);
    return problem;
}

static int relay(HANDLE device, const struct options *options)
{
    struct chimney_introduction driver;
    struct chimney_wire_goodbye goodbye;
    struct conversation *with;
    struct chimney_run_result *result = NULL;
    char text[256];
    int code = 0, problem;
    if (ask(device, IOCTL_CHIMNEY_INTRODUCE, NULL, 0, &driver, sizeof driver, NULL) != 0 || driver.version != CHIMNEY_RELAY_VERSION) {
        fprintf(stderr, "chimney-relay: %s is no device of a probe, or of another version; build driver and relay from one source\n",
                options->device);
        return 2;
    }
    with = introduce(options, &driver);
    if (with == NULL) return 2;
    if (options->plan != NULL && begin_run(device, options) != 0) {
        memset(&goodbye, 0, sizeof goodbye);
        goodbye.reason = chimney_wire_stopped;
        take_leave(with, &goodbye);
        return 2;
    }
    problem = carry(device, with, text, sizeof text);
    if (*text != 0) fprintf(stderr, "chimney-relay: %s\n", text);
    if (problem == 0 && options->plan != NULL) {
        result = (struct chimney_run_result *)calloc(1, sizeof *result);
        if (result == NULL || ask(device, IOCTL_CHIMNEY_RESULT, NULL, 0, result, sizeof *result, NULL) != 0) {
            problem = -1;
        } else {
            code = result->exit_code;
            fputs(result->report, stderr);
        }
    }
    memset(&goodbye, 0, sizeof goodbye);
    goodbye.reason = problem == 0 && code != 2 ? chimney_wire_finished : chimney_wire_stopped;
    goodbye.text.data = result != NULL && code >= 2 ? result->report : text;
    goodbye.text.size = (uint32_t)strnlen(goodbye.text.data, 512);
    if (ask(device, IOCTL_CHIMNEY_INTRODUCE, NULL, 0, &driver, sizeof driver, NULL) == 0) goodbye.next_sequence = driver.next_sequence;
    if (driver.dropped > 0) fprintf(stderr, "chimney-relay: the driver gave up %llu events\n", (unsigned long long)driver.dropped);
    if (take_leave(with, &goodbye) != 0) problem = -1;
    free(result);
    return problem != 0 ? 3 : code;
}

int main(int count, char **words)
{
    struct options options;
    HANDLE device;
    int code = 2;
    if (read_options(count, words, &options) != 0) return 2;
    if (options.plan != NULL && start_lab() != 0) {
        stop_lab();
        return 3;
    }
    device = CreateFileA(options.device, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (device == INVALID_HANDLE_VALUE) {
        fprintf(stderr, "chimney-relay: %s cannot be opened: error %lu; is its driver started?\n", options.device, GetLastError());
    } else {
        code = relay(device, &options);
        CloseHandle(device);
    }
    if (options.plan != NULL) stop_lab();
    return code;
}
