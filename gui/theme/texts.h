// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <functional>
#include <vector>

class QWidget;

namespace replog {

// The texts of a widget and of what belongs to it: each setter runs as it is added, and again whenever the
// language of the program has changed.
class Texts : public QObject
{
    Q_OBJECT
public:
    // Hears of the language through `widget`.
    explicit Texts(QWidget *widget);

    void add(std::function<void()> setter);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    std::vector<std::function<void()>> m_setters;
};

} // namespace replog
