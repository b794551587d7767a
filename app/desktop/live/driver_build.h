// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Builds a driver's folder with the system's compiler and runs it in the driver host, which streams the run to where the lab
// listens. Everything happens in processes beside the window; what the compiler says comes with file and line. GUI thread.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QProcess>
#include <QString>
#include <QStringList>
#include <string>
#include <vector>

namespace chimneylab::desktop {

struct BuildMessage {
    enum class Kind { word, warning, error };
    Kind kind = Kind::word;
    QString text;
    QString file;  // absolute; empty: about no line
    int line = 0;
};

// One line of a compiler's output; file and line where it names them.
[[nodiscard]] BuildMessage read_compiler_line(const QString& line, const QString& folder);

class DriverBuild : public QObject {
    Q_OBJECT
public:
    explicit DriverBuild(QObject* parent = nullptr);
    ~DriverBuild() override;

    // Builds the folder, then runs the scenario around what came out. What is under way is ended first.
    void start(const QString& folder, const QString& scenario, const QString& endpoint);
    void cancel();
    [[nodiscard]] bool building() const { return build_.state() != QProcess::NotRunning; }
    [[nodiscard]] bool running() const { return host_.state() != QProcess::NotRunning; }
    [[nodiscard]] const std::vector<BuildMessage>& messages() const { return messages_; }
    // Arguments for the host beyond the driver, the scenario and the endpoint.
    void set_host_arguments(const QStringList& arguments) { host_arguments_ = arguments; }

Q_SIGNALS:
    void changed();              // messages or what is under way
    void built(bool good);
    void host_ended(int code);

private:
    void next_command();
    void run_host();
    void add(BuildMessage message);

    QProcess build_, host_;
    QString folder_, scenario_, endpoint_;
    QStringList host_arguments_;
    std::vector<std::vector<std::string>> commands_;
    std::vector<BuildMessage> messages_;
    QElapsedTimer since_;
};

}  // namespace chimneylab::desktop
