// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QString>
#include <QTranslator>

class QMenu;

namespace replog {

class Texts;

// The language of the program: the desktop's, English or Ukrainian. Create it before any window. A choice is
// stored and takes effect at once: Qt sends every widget a LanguageChange event (see Texts).
class Language
{
    Q_DECLARE_TR_FUNCTIONS(Language)
public:
    enum class Choice { System, English, Ukrainian };

    explicit Language(Choice choice = stored());
    ~Language();
    Q_DISABLE_COPY_MOVE(Language)

    static Choice stored();
    Choice choice() const { return m_choice; }
    void choose(Choice choice);
    // Three entries of which one is checked. `this` must outlive the menu.
    void addTo(QMenu *menu, Texts &texts);

private:
    void install();

    Choice m_choice;
    QTranslator m_ours;
    QTranslator m_qt; // texts of Qt's own buttons and dialogs
};

} // namespace replog
