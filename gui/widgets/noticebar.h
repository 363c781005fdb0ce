// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QWidget>

class QVBoxLayout;

namespace replog {

// Notices for the user, one line each, at the top of the window. Unlike dialogs they do not interrupt.
class NoticeBar : public QWidget
{
    Q_OBJECT
public:
    enum class Severity { Information, Warning, Error };

    explicit NoticeBar(QWidget *parent = nullptr);

    void show(const QString &topic, Severity severity, const QString &text);
    void clear();
    QString text(const QString &topic) const; // empty if there is no notice of that topic

private:
    void remove(const QString &topic);

    QVBoxLayout *m_rows;
    QHash<QString, QWidget *> m_notices;
};

} // namespace replog
