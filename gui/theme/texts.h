// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>
#include <vector>

class QWidget;

namespace replog {

// The texts of a widget and its children: each setter runs when it is added, and again when the language
// changes.
class Texts : public QObject
{
    Q_OBJECT
public:
    // Learns of a new language from events of `widget`.
    explicit Texts(QWidget *widget);

    void add(std::function<void()> setter);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    std::vector<std::function<void()>> m_setters;
};

} // namespace replog
