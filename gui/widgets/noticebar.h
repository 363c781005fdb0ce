// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QScrollArea>

class QVBoxLayout;

namespace replog {

// Notices for the user at the top of the window, the newest first. Unlike dialogs they do not interrupt. They
// take at most a quarter of the window's height; what is beyond that is scrolled to.
class NoticeBar : public QScrollArea
{
    Q_OBJECT
public:
    enum class Severity { Information, Warning, Error };

    explicit NoticeBar(QWidget *parent = nullptr);

    // Texts may come from outside: they are shown on one line, cut to TextCharacters.
    static constexpr qsizetype TextCharacters = 500;
    void show(const QString &topic, Severity severity, const QString &text);
    void clear();
    QString text(const QString &topic) const; // empty if there is no notice of that topic

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();
    void remove(const QString &topic);

    QVBoxLayout *m_rows;
    QHash<QString, QWidget *> m_notices;
};

} // namespace replog
