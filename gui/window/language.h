// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>
#include <QTranslator>

#include <functional>

class QMenu;

namespace replog {

// The language of the window: the desktop's, English or Ukrainian. Made before any text is, and kept as long as there are
// windows. The user's choice is remembered and holds from the next start on.
class Language
{
    Q_DECLARE_TR_FUNCTIONS(Language)
public:
    enum class Choice { System, English, Ukrainian };

    explicit Language(Choice choice = stored());
    ~Language();
    Q_DISABLE_COPY_MOVE(Language)

    static Choice stored();
    static void store(Choice choice);
    // Three entries of which one is checked; `chosen` is called after the choice is stored.
    static void addTo(QMenu *menu, std::function<void()> chosen);

private:
    QTranslator m_ours;
    QTranslator m_qt;   // of the buttons and dialogs that come from Qt
};

} // namespace replog
