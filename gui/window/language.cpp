// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/window/language.h"

#include <QActionGroup>
#include <QLibraryInfo>
#include <QLocale>
#include <QMenu>
#include <QSettings>

using namespace Qt::StringLiterals;

namespace replog {

namespace {

constexpr auto key = "window/language"_L1;

} // namespace

Language::Language(Choice choice)
{
    QLocale locale = QLocale::system();
    if (choice == Choice::English)
        locale = QLocale(QLocale::English, QLocale::UnitedStates);
    else if (choice == Choice::Ukrainian)
        locale = QLocale(QLocale::Ukrainian, QLocale::Ukraine);
    QLocale::setDefault(locale);
    // English has a file too, for its plurals.
    const bool ukrainian = locale.uiLanguages().value(0).startsWith("uk"_L1);
    if (m_ours.load(ukrainian ? u":/i18n/replog_uk.qm"_s : u":/i18n/replog_en.qm"_s))
        QCoreApplication::installTranslator(&m_ours);
    if (ukrainian && m_qt.load(u"qtbase_uk"_s, QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(&m_qt);
}

Language::~Language() = default;   // a translator that goes is removed

Language::Choice Language::stored()
{
    const QString name = QSettings().value(key).toString();
    return name == "en"_L1 ? Choice::English : name == "uk"_L1 ? Choice::Ukrainian : Choice::System;
}

void Language::store(Choice choice)
{
    QSettings().setValue(key, choice == Choice::English ? u"en"_s : choice == Choice::Ukrainian ? u"uk"_s : u"system"_s);
}

void Language::addTo(QMenu *menu, std::function<void()> chosen)
{
    auto *const group = new QActionGroup(menu);
    const auto add = [&](Choice choice, const QString &text) {
        QAction *const action = group->addAction(text);
        action->setCheckable(true);
        action->setChecked(choice == stored());
        QObject::connect(action, &QAction::triggered, menu, [choice, chosen] {
            store(choice);
            chosen();
        });
        menu->addAction(action);
    };
    add(Choice::System, tr("As the &System"));
    add(Choice::English, u"English"_s);
    add(Choice::Ukrainian, u"Українська"_s);
}

} // namespace replog
