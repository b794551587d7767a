// SPDX-FileCopyrightText: 2026 The ChimneyLab authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/accessibility/accessible_rows.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <map>

namespace chimneylab::desktop {

namespace {

class Row : public QAccessibleInterface {
public:
    Row(QAccessibleInterface* list, QWidget* view, const AccessibleRows* rows, int index)
        : list_(list), view_(view), rows_(rows), index_(index) {}
    bool isValid() const override { return index_ < rows_->accessible_row_count(); }
    QObject* object() const override { return nullptr; }
    QWindow* window() const override { return list_->window(); }
    QAccessibleInterface* parent() const override { return list_; }
    QAccessibleInterface* child(int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface*) const override { return -1; }
    QAccessibleInterface* childAt(int, int) const override { return nullptr; }
    QString text(QAccessible::Text kind) const override {
        return kind == QAccessible::Name && isValid() ? rows_->accessible_row_text(index_) : QString();
    }
    void setText(QAccessible::Text, const QString&) override {}
    QRect rect() const override {
        const QRect own = rows_->accessible_row_rect(index_);
        return {view_->mapToGlobal(own.topLeft()), own.size()};
    }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    QAccessible::State state() const override {
        QAccessible::State state;
        state.selectable = state.focusable = true;
        state.selected = rows_->accessible_current_row() == index_;
        state.focused = state.selected && view_->hasFocus();
        state.invisible = !view_->rect().intersects(rows_->accessible_row_rect(index_));
        return state;
    }

private:
    QAccessibleInterface* list_;
    QWidget* view_;
    const AccessibleRows* rows_;
    int index_;
};

class List : public QAccessibleWidget {
public:
    List(QWidget* view, const AccessibleRows* rows) : QAccessibleWidget(view, QAccessible::List), rows_(rows) {}
    ~List() override {
        for (const auto& [index, id] : made_) QAccessible::deleteAccessibleInterface(id);
    }
    int childCount() const override { return rows_->accessible_row_count(); }
    QAccessibleInterface* child(int index) const override {
        if (index < 0 || index >= childCount()) return nullptr;
        const auto known = made_.find(index);
        if (known != made_.end()) return QAccessible::accessibleInterface(known->second);
        auto* row =
            new Row(const_cast<List*>(this), widget(), rows_, index);  // owned by QAccessible, see the destructor
        made_[index] = QAccessible::registerAccessibleInterface(row);
        return row;
    }
    int indexOfChild(const QAccessibleInterface* child) const override {
        for (const auto& [index, id] : made_)
            if (QAccessible::accessibleInterface(id) == child) return index;
        return -1;
    }
    QAccessibleInterface* childAt(int x, int y) const override {
        const QPoint at = widget()->mapFromGlobal(QPoint(x, y));
        for (int index = 0; index < childCount(); ++index)
            if (rows_->accessible_row_rect(index).contains(at)) return child(index);
        return nullptr;
    }
    QAccessibleInterface* focusChild() const override { return child(rows_->accessible_current_row()); }

private:
    const AccessibleRows* rows_;
    mutable std::map<int, QAccessible::Id> made_;
};

QAccessibleInterface* make_list(const QString&, QObject* object) {
    auto* rows = dynamic_cast<AccessibleRows*>(object);
    auto* view = qobject_cast<QWidget*>(object);
    return rows != nullptr && view != nullptr ? new List(view, rows) : nullptr;
}

}  // namespace

AccessibleRows::AccessibleRows() { QAccessible::installFactory(make_list); }  // known already: nothing happens

void tell_current_row(QWidget& view, int row) {
    if (!QAccessible::isActive()) return;
    QAccessibleEvent event(&view, QAccessible::Focus);
    event.setChild(row);
    QAccessible::updateAccessibility(&event);
}

void tell_rows_changed(QWidget& view) {
    if (!QAccessible::isActive()) return;
    QAccessibleEvent event(&view, QAccessible::ObjectReorder);
    QAccessible::updateAccessibility(&event);
}

}  // namespace chimneylab::desktop
