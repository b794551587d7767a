// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/live/live_view.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>
#include <algorithm>

#include "app/desktop/theme/keep_keys.h"

namespace chimneylab::desktop {

LiveView::LiveView(LiveSessions& live, const Theme& theme, QWidget* parent) : QWidget(parent), live_(live), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 0, 10, 8);
    column->setSpacing(6);

    auto* where = new QHBoxLayout;
    auto* label = new QLabel(tr("&Endpoint"), this);
    endpoint_ = new QLineEdit(QStringLiteral("tcp:127.0.0.1:4710"), this);
    endpoint_->setAccessibleName(tr("Endpoint to listen on"));
    endpoint_->setToolTip(tr("tcp:ADDRESS:PORT (port 0: any that is free) or unix:PATH of a socket"));
    label->setBuddy(endpoint_);
    token_label_ = new QLabel(tr("&Token file"), this);
    token_ = new QLineEdit(this);
    token_->setAccessibleName(tr("Token file"));
    token_->setPlaceholderText(tr("needed beyond this computer"));
    token_->setToolTip(tr("A file with one line that producers have to know too; nobody else may read it. Make one with: head -c 24 /dev/urandom | base64 > token && chmod 600 token"));
    token_label_->setBuddy(token_);
    listen_ = new QPushButton(tr("&Listen"), this);
    copy_ = new QPushButton(tr("Copy command"), this);
    copy_->setToolTip(tr("Copies the command that runs a driver in the driver host and streams it here"));
    where->addWidget(label);
    where->addWidget(endpoint_, 2);
    where->addWidget(token_label_);
    where->addWidget(token_, 1);
    where->addWidget(listen_);
    where->addWidget(copy_);
    column->addLayout(where);

    word_ = new QLabel(this);
    word_->setWordWrap(true);
    word_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(word_);

    pages_ = new QStackedWidget(this);
    empty_ = new QLabel(pages_);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setMargin(12);
    pages_->addWidget(empty_);
    table_ = new QTableView(pages_);
    table_->setModel(&live);
    table_->setAccessibleName(tr("Live sessions"));
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setShowGrid(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(24);
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->setTabKeyNavigation(false);
    keep_arrow_keys(table_);
    pages_->addWidget(table_);
    column->addWidget(pages_, 1);

    auto* buttons = new QHBoxLayout;
    attach_ = new QPushButton(tr("&Attach"), this);
    attach_->setToolTip(tr("Show this session in all views and follow it; recording goes on either way"));
    save_ = new QPushButton(tr("&Save as…"), this);
    save_->setToolTip(tr("Writes what has been recorded so far to a file of your choice"));
    end_ = new QPushButton(tr("E&nd"), this);
    end_->setToolTip(tr("Ends the session with a goodbye; one that has ended leaves the list and keeps its file"));
    buttons->addWidget(attach_);
    buttons->addWidget(save_);
    buttons->addWidget(end_);
    buttons->addStretch(1);
    column->addLayout(buttons);

    connect(listen_, &QPushButton::clicked, this, &LiveView::toggle_listening);
    connect(endpoint_, &QLineEdit::returnPressed, this, &LiveView::toggle_listening);
    connect(endpoint_, &QLineEdit::textChanged, this, &LiveView::refresh);
    connect(token_, &QLineEdit::returnPressed, this, &LiveView::toggle_listening);
    connect(copy_, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(QStringLiteral("chimneylab-host --driver reference --scenario m5 --connect %1").arg(live_.endpoint()));
    });
    const auto toggle = [this] {
        const std::uint32_t number = chosen();
        if (number == 0) return;
        if (live_.attached() == number)
            live_.detach();
        else
            live_.attach(number);
    };
    connect(attach_, &QPushButton::clicked, this, toggle);
    connect(table_, &QTableView::activated, this, [this](const QModelIndex& index) { live_.attach(live_.number_at(index.row())); });
    connect(save_, &QPushButton::clicked, this, [this] {
        if (chosen() != 0) Q_EMIT save_wanted(chosen());
    });
    connect(end_, &QPushButton::clicked, this, [this] {
        if (chosen() != 0) live_.dismiss(chosen());
    });
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &LiveView::refresh);
    connect(&live, &LiveSessions::listening_changed, this, &LiveView::refresh);
    connect(&live, &LiveSessions::rows_changed, this, &LiveView::refresh);
    connect(&live, &LiveSessions::attached_changed, this, &LiveView::refresh);
    connect(&live, &QAbstractItemModel::dataChanged, this, &LiveView::refresh);
    connect(&live, &LiveSessions::began, this, [this](quint32 number) {
        if (chosen() == 0) choose(number);
    });
    connect(&theme, &Theme::changed, this, &LiveView::apply_theme);
    apply_theme();
    refresh();
}

std::uint32_t LiveView::chosen() const { return live_.number_at(table_->currentIndex().isValid() ? table_->currentIndex().row() : -1); }

void LiveView::choose(std::uint32_t number) {
    const int row = live_.row_of(number);
    if (row >= 0) table_->setCurrentIndex(live_.index(row, 0));
}

void LiveView::toggle_listening() {
    if (live_.listening()) {
        live_.stop_listening();
        return;
    }
    const QString wrong = live_.listen(endpoint_->text(), token_->text().trimmed());
    if (wrong.isEmpty()) return;
    word_->setText(QStringLiteral("✖ ") + wrong);
    word_->setAccessibleName(wrong);
}

void LiveView::refresh() {
    const bool listening = live_.listening();
    listen_->setText(listening ? tr("Stop &listening") : tr("&Listen"));
    listen_->setToolTip(listening ? tr("Sessions that are still streaming end; their files stay") : tr("Producers can connect from then on, and every session is recorded"));
    endpoint_->setEnabled(!listening);
    const bool beyond = LiveSessions::needs_token(endpoint_->text());
    token_->setVisible(beyond);
    token_label_->setVisible(beyond);
    token_->setEnabled(!listening);
    copy_->setVisible(listening);
    if (listening) {
        const QString window = live_.window_text();
        const LiveSessions::Visible visible = live_.visible();
        word_->setText(tr("● Listening on %1").arg(live_.endpoint()) +
                       (visible.within > 0 ? tr(" · events are in the views within %1 ms (99 of 100), %2 pictures a second").arg(visible.within, 0, 'f', 0).arg(visible.pictures, 0, 'f', 0) : QString()) +
                       (window.isEmpty() ? QString() : QLatin1Char('\n') + window));
        word_->setToolTip(visible.within > 0 ? tr("From the moment in which an event's bytes were read from the socket to the moment in which the picture with it was painted, while the views follow: of the last 10 to 20 seconds. "
                                                  "Since the session was attached: within %1 ms, at worst %2 ms.").arg(visible.within_ever, 0, 'f', 1).arg(visible.worst_ever, 0, 'f', 1) : QString());
    } else if (!word_->text().startsWith(QStringLiteral("✖"))) {
        word_->clear();
    }
    word_->setVisible(!word_->text().isEmpty());
    const bool any = live_.rowCount() > 0;
    pages_->setCurrentIndex(any ? 1 : 0);
    empty_->setText(listening ? tr("Nobody is connected yet. Start a driver host:\n\nchimneylab-host --driver FILE.so --scenario m5 --connect %1\n\nor any driver with the probe in it; or press Build and run in the pane Driver.").arg(live_.endpoint())
                              : tr("Watch a driver while it runs. Listen on an endpoint, then connect a producer: the driver host, a driver with the probe in it, or a recorded session that is replayed. Every session is recorded, and all views show it while it grows."));
    const std::uint32_t number = chosen();
    attach_->setEnabled(number != 0);
    save_->setEnabled(number != 0);
    end_->setEnabled(number != 0);
    attach_->setText(number != 0 && live_.attached() == number ? tr("Det&ach") : tr("&Attach"));
    end_->setText(number != 0 && live_.ended(number) ? tr("Remove from list") : tr("E&nd session"));
    int streaming = 0;
    for (int row = 0; row < live_.rowCount(); ++row) streaming += live_.ended(live_.number_at(row)) ? 0 : 1;
    Q_EMIT summary_changed(streaming > 0 ? tr("%1 streaming").arg(streaming) : listening ? tr("listening") : QString());
}

void LiveView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const int shares[] = {26, 8, 14, 10, 9, 6, 8, 8};
    for (int i = 0; i < LiveSessions::file; ++i) table_->setColumnWidth(i, std::max(46, width() * shares[i] / 110));
}

void LiveView::apply_theme() {
    const Tokens& t = theme_.tokens();
    word_->setStyleSheet(QStringLiteral("color: %1").arg(t.text.name()));
    empty_->setStyleSheet(QStringLiteral("color: %1").arg(t.quiet_text.name()));
    table_->setStyleSheet(QStringLiteral("QTableView::item { padding: 0; color: %1 } QTableView::item:selected { background: %2; color: %1 } QTableView::item:hover { background: %3 }")
                              .arg(t.text.name(), t.selection.name(), t.hover.name()));
}

}  // namespace chimneylab::desktop

#include "moc_live_view.cpp"
