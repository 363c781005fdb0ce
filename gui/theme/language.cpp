// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/theme/language.h"

#include "gui/theme/texts.h"

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

Language::Language(Choice choice) : m_choice(choice)
{
    install();
}

Language::~Language() = default; // the destructor of a translator removes it from the application

Language::Choice Language::stored()
{
    const QString name = QSettings().value(key).toString();
    return name == "en"_L1 ? Choice::English : name == "uk"_L1 ? Choice::Ukrainian : Choice::System;
}

void Language::choose(Choice choice)
{
    QSettings().setValue(key, choice == Choice::English     ? u"en"_s
                              : choice == Choice::Ukrainian ? u"uk"_s
                                                            : u"system"_s);
    if (choice == m_choice)
        return;
    m_choice = choice;
    install();
}

void Language::install()
{
    QLocale locale = QLocale::system();
    if (m_choice == Choice::English)
        locale = QLocale(QLocale::English, QLocale::UnitedStates);
    else if (m_choice == Choice::Ukrainian)
        locale = QLocale(QLocale::Ukrainian, QLocale::Ukraine);
    QLocale::setDefault(locale);
    QCoreApplication::removeTranslator(&m_qt);
    QCoreApplication::removeTranslator(&m_ours);
    // English has a translation file, too, for its plural forms.
    const bool ukrainian = locale.uiLanguages().value(0).startsWith("uk"_L1);
    if (ukrainian && m_qt.load(u"qtbase_uk"_s, QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(&m_qt);
    if (m_ours.load(ukrainian ? u":/i18n/replog_uk.qm"_s : u":/i18n/replog_en.qm"_s))
        QCoreApplication::installTranslator(&m_ours);
}

void Language::addTo(QMenu *menu, Texts &texts)
{
    auto *const group = new QActionGroup(menu);
    const auto add = [&](Choice choice, const QString &name) {
        QAction *const action = group->addAction(name);
        action->setCheckable(true);
        action->setChecked(choice == m_choice);
        QObject::connect(action, &QAction::triggered, menu, [this, choice] { choose(choice); });
        menu->addAction(action);
        return action;
    };
    QAction *const system = add(Choice::System, {});
    texts.add([system] { system->setText(tr("As the &System")); });
    add(Choice::English, u"English"_s)->setObjectName(u"languageEnglish"_s);
    add(Choice::Ukrainian, u"Українська"_s)->setObjectName(u"languageUkrainian"_s);
}

} // namespace replog
