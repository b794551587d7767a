/* SPDX-FileCopyrightText: 2026 The ChimneyLab authors
 * SPDX-License-Identifier: MIT
 */
#include "driver-bridge/windows/relay/services.h"

#include <windows.h>

#include <stdio.h>
#include <string.h>

static const char lab[] = "chimneylab";

static unsigned long say(const char *what, const char *name)
{
    const unsigned long error = GetLastError();
    fprintf(stderr, "chimney-relay: %s %s: error %lu\n", what, name, error);
    return error;
}

static void name_of(const WIN32_FIND_DATAA *file, char *name, size_t room)
{
    char *end;
    snprintf(name, room, "%s", file->cFileName);
    end = strrchr(name, '.');
    if (end != NULL) *end = 0;
}

/* Calls `visit` for each driver file of the lab until it returns something else than 0. */
static unsigned long for_each_driver(SC_HANDLE manager, unsigned long (*visit)(SC_HANDLE, const char *))
{
    char pattern[MAX_PATH], name[MAX_PATH];
    WIN32_FIND_DATAA file;
    unsigned long problem = 0;
    HANDLE search;
    GetSystemDirectoryA(pattern, MAX_PATH - 32);
    strcat(pattern, "\\drivers\\chimney*.sys");
    search = FindFirstFileA(pattern, &file);
    if (search == INVALID_HANDLE_VALUE) return say("no driver found at", pattern);
    do {
        name_of(&file, name, sizeof name);
        problem = visit(manager, name);
    } while (problem == 0 && FindNextFileA(search, &file));
    FindClose(search);
    return problem;
}

static unsigned long make(SC_HANDLE manager, const char *name)
{
    char folder[MAX_PATH], path[MAX_PATH * 2];
    SC_HANDLE service;
    /* Whole: Wine does not take a path that begins at the folder of Windows. */
    GetSystemDirectoryA(folder, sizeof folder);
    snprintf(path, sizeof path, "%s\\drivers\\%s.sys", folder, name);
    service = CreateServiceA(manager, name, name, SERVICE_ALL_ACCESS, SERVICE_KERNEL_DRIVER, SERVICE_DEMAND_START,
                             SERVICE_ERROR_NORMAL, path, NULL, NULL, NULL, NULL, NULL);
    if (service == NULL && GetLastError() != ERROR_SERVICE_EXISTS) return say("cannot make the service", name);
    if (service != NULL) CloseServiceHandle(service);
    return 0;
}

static unsigned long drop(SC_HANDLE manager, const char *name)
{
    SC_HANDLE service = OpenServiceA(manager, name, SERVICE_ALL_ACCESS);
    SERVICE_STATUS status;
    if (service == NULL) return 0;
    if (strcmp(name, lab) == 0) ControlService(service, SERVICE_CONTROL_STOP, &status);
    DeleteService(service);
    CloseServiceHandle(service);
    return 0;
}

unsigned long start_lab(void)
{
    SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    SC_HANDLE service;
    unsigned long problem;
    if (manager == NULL) return say("cannot open", "the service control manager (are you an administrator?)");
    problem = for_each_driver(manager, make);
    if (problem == 0) {
        service = OpenServiceA(manager, lab, SERVICE_ALL_ACCESS);
        if (service == NULL) {
            problem = say("cannot open the service", lab);
        } else {
            if (!StartServiceA(service, 0, NULL) && GetLastError() != ERROR_SERVICE_ALREADY_RUNNING)
                problem = say("cannot start", lab);
            CloseServiceHandle(service);
        }
    }
    CloseServiceHandle(manager);
    return problem;
}

void stop_lab(void)
{
    SC_HANDLE manager = OpenSCManagerA(NULL, NULL, SC_MANAGER_ALL_ACCESS);
    if (manager == NULL) return;
    drop(manager, lab);
    for_each_driver(manager, drop);
    CloseServiceHandle(manager);
}
