// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/live/driver_build.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include "driver-bridge/host_client/supervisor.h"
#include "driver-bridge/new_driver/new_driver.h"

namespace chimneylab::desktop {
namespace {

constexpr std::size_t most_messages = 2000;

}  // namespace

BuildMessage read_compiler_line(const QString& line, const QString& folder) {
    static const QRegularExpression place(QStringLiteral(R"(^(.+?):(\d+):(?:(\d+):)? *(fatal error|error|warning|note): *(.*)$)"));
    static const QRegularExpression cmake(QStringLiteral(R"(^CMake (Error|Warning) at ([^:]+):(\d+))"));
    BuildMessage message;
    message.text = line;
    if (const auto found = place.match(line); found.hasMatch()) {
        const QString kind = found.captured(4);
        message.kind = kind.endsWith(QLatin1String("error")) ? BuildMessage::Kind::error : kind == QLatin1String("warning") ? BuildMessage::Kind::warning : BuildMessage::Kind::word;
        message.file = QDir(folder).absoluteFilePath(found.captured(1));
        message.line = found.captured(2).toInt();
        message.text = QStringLiteral("%1:%2: %3: %4").arg(QFileInfo(message.file).fileName(), found.captured(2), kind, found.captured(5));
    } else if (const auto at = cmake.match(line); at.hasMatch()) {
        message.kind = at.captured(1) == QLatin1String("Error") ? BuildMessage::Kind::error : BuildMessage::Kind::warning;
        message.file = QDir(folder).absoluteFilePath(at.captured(2));
        message.line = at.captured(3).toInt();
    } else if (line.contains(QLatin1String("undefined reference")) || line.startsWith(QLatin1String("FAILED")) || line.contains(QLatin1String(" Error "))) {
        message.kind = BuildMessage::Kind::error;
    }
    return message;
}

DriverBuild::DriverBuild(QObject* parent) : QObject(parent) {
    build_.setProcessChannelMode(QProcess::MergedChannels);
    host_.setProcessChannelMode(QProcess::MergedChannels);
    connect(&build_, &QProcess::readyReadStandardOutput, this, [this] {
        while (build_.canReadLine()) {
            const BuildMessage message = read_compiler_line(QString::fromUtf8(build_.readLine()).trimmed(), folder_);
            if (!message.text.isEmpty()) add(message);
        }
    });
    connect(&build_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart) return;
        add({BuildMessage::Kind::error, tr("%1 cannot be started. Install it: apt install cmake build-essential").arg(build_.program()), {}, 0});
        Q_EMIT built(false);
    });
    connect(&build_, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        if (status != QProcess::NormalExit) return;
        if (code != 0) {
            commands_.clear();
            add({BuildMessage::Kind::error, tr("The build failed after %1 s.").arg(static_cast<double>(since_.elapsed()) / 1000, 0, 'f', 1), {}, 0});
            Q_EMIT built(false);
            return;
        }
        next_command();
    });
    connect(&host_, &QProcess::readyReadStandardOutput, this, [this] {
        while (host_.canReadLine()) {
            const QString line = QString::fromUtf8(host_.readLine()).trimmed();
            // A crash names the driver's own line as the compiler does: "in SaveRoot (driver.c:84)".
            static const QRegularExpression frame(QStringLiteral(R"(\(([\w.+/-]+\.[ch]):(\d+)\))"));
            BuildMessage message{BuildMessage::Kind::word, line, {}, 0};
            if (const auto found = frame.match(line); found.hasMatch()) {
                message.file = QDir(folder_).absoluteFilePath(found.captured(1));
                message.line = found.captured(2).toInt();
                message.kind = BuildMessage::Kind::warning;
            }
            if (!line.isEmpty()) add(message);
        }
    });
    connect(&host_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) add({BuildMessage::Kind::error, tr("The driver host cannot be started."), {}, 0});
    });
    connect(&host_, &QProcess::finished, this, [this](int code) {
        add({code == 0 ? BuildMessage::Kind::word : BuildMessage::Kind::warning,
             code == 0 ? tr("The run has ended, nothing to report.") : code == 1 ? tr("The run has ended, and there is something to report: see Findings.") : tr("The run could not be made."), {}, 0});
        Q_EMIT host_ended(code);
    });
}

DriverBuild::~DriverBuild() {
    disconnect(&build_, nullptr, this, nullptr);
    disconnect(&host_, nullptr, this, nullptr);
    for (QProcess* each : {&build_, &host_}) {
        if (each->state() == QProcess::NotRunning) continue;
        each->kill();
        each->waitForFinished(500);
    }
}

void DriverBuild::start(const QString& folder, const QString& scenario, const QString& endpoint) {
    cancel();
    folder_ = folder;
    scenario_ = scenario;
    endpoint_ = endpoint;
    messages_.clear();
    since_.start();
    commands_ = driver_host::build_commands(folder.toStdString());
    add({BuildMessage::Kind::word, tr("Building %1 …").arg(QDir(folder).dirName()), {}, 0});
    next_command();
}

void DriverBuild::cancel() {
    commands_.clear();
    for (QProcess* each : {&build_, &host_}) {
        if (each->state() == QProcess::NotRunning) continue;
        const QSignalBlocker quiet(each);
        each->kill();
        each->waitForFinished(500);
    }
    Q_EMIT changed();
}

void DriverBuild::next_command() {
    if (commands_.empty()) {
        add({BuildMessage::Kind::word, tr("Built in %1 s.").arg(static_cast<double>(since_.elapsed()) / 1000, 0, 'f', 1), {}, 0});
        Q_EMIT built(true);
        run_host();
        return;
    }
    const std::vector<std::string> command = commands_.front();
    commands_.erase(commands_.begin());
    QStringList arguments;
    for (std::size_t i = 1; i < command.size(); ++i) arguments << QString::fromStdString(command[i]);
    build_.setWorkingDirectory(folder_);
    build_.start(QString::fromStdString(command[0]), arguments);
    Q_EMIT changed();
}

void DriverBuild::run_host() {
    const auto module = driver_host::module_of(folder_.toStdString());
    const auto program = driver_host::host_program();
    if (module.empty() || program.empty()) {
        add({BuildMessage::Kind::error, module.empty() ? tr("CMakeLists.txt names no project.") : tr("The program chimneylab-host was not found beside this one."), {}, 0});
        return;
    }
    host_.start(QString::fromStdString(program.string()),
                QStringList{QStringLiteral("--driver"), QString::fromStdString(module.string()), QStringLiteral("--scenario"), scenario_,
                            QStringLiteral("--connect"), endpoint_} + host_arguments_);
    Q_EMIT changed();
}

void DriverBuild::add(BuildMessage message) {
    if (messages_.size() < most_messages) messages_.push_back(std::move(message));
    Q_EMIT changed();
}

}  // namespace chimneylab::desktop

#include "moc_driver_build.cpp"
