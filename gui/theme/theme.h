// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QObject>
#include <QPalette>

class QActionGroup;
class QMenu;

namespace replog {

class Texts;

// Colours with a meaning, always beside a shape or word that says the same. Readable as text on the base
// colour.
enum class Tone { Normal, Muted, Good, Info, Warning, Bad };

QColor toneColor(const QPalette &palette, Tone tone);
// A stronger variant, for bars and other areas without text.
QColor toneFill(const QPalette &palette, Tone tone);
// A faint background, for a row or cell that stands out.
QColor toneGround(const QPalette &palette, Tone tone);
bool isDark(const QPalette &palette);

// Light, dark, or as the desktop; the choice is stored. One object in the program; GUI thread.
class Theme : public QObject
{
    Q_OBJECT
public:
    enum class Choice { System, Light, Dark };
    Q_ENUM(Choice)

    // Sets the style and the palette of the application.
    explicit Theme(QObject *parent = nullptr);

    Choice choice() const { return m_choice; }
    void setChoice(Choice choice);
    // Three entries of which one is checked.
    void addTo(QMenu *menu, Texts &texts);

private:
    void apply();
    bool systemIsDark() const;

    Choice m_choice = Choice::System;
    bool m_startedDark = false;
    QActionGroup *m_group = nullptr;
};

} // namespace replog
