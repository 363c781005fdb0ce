// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QWidget>

class QVBoxLayout;

namespace replog {

// Messages to the user, one line each, above what they concern: no dialog, nothing to click away before going
// on.
class NoticeBar : public QWidget
{
    Q_OBJECT
public:
    enum class Severity { Information, Warning, Error };

    explicit NoticeBar(QWidget *parent = nullptr);

    void show(const QString &topic, Severity severity, const QString &text);
    void clear();
    QString text(const QString &topic) const; // empty if nothing is said of it

private:
    void remove(const QString &topic);

    QVBoxLayout *m_rows;
    QHash<QString, QWidget *> m_notices;
};

} // namespace replog
