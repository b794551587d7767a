// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which object's chain of handles is shown, and that chain at the present event. Follows the block, handle or entry in
// focus until a person picks an object. GUI thread only.
#pragma once

#include <QObject>
#include <QStringList>
#include <map>

#include "app/desktop/models/handle_chain.h"
#include "app/desktop/models/playback_model.h"

namespace chimneylab::desktop {

class HandleChainModel : public QObject {
    Q_OBJECT
public:
    explicit HandleChainModel(PlaybackModel& playback, QObject* parent = nullptr);

    [[nodiscard]] const HandleChain& chain() const { return chain_; }
    [[nodiscard]] const QStringList& objects() const { return objects_; }  // in the order of their first appearance
    [[nodiscard]] QString picked() const { return picked_; }               // empty: follows the focus
    void pick(const QString& object);
    [[nodiscard]] QString summary() const;
    [[nodiscard]] QString empty_text() const;
    // A node in words.
    [[nodiscard]] QString node_text(int node) const;

Q_SIGNALS:
    void chain_changed();
    void objects_changed();

private:
    void open_session();
    void look_again() { take_session(picked_); }  // there is more of it
    void take_session(const QString& picked);
    void refresh();
    [[nodiscard]] QString focused_object() const;
    [[nodiscard]] trace::RegionId host_handle(const QString& object) const;

    PlaybackModel& playback_;
    SessionPointer session_;  // whose handles those are
    HandleChain chain_;
    QStringList objects_;
    std::map<QString, std::vector<trace::RegionId>> handles_;  // of the host stack, by object, in the order of birth
    QString picked_;
};

}  // namespace chimneylab::desktop
