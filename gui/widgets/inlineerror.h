// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/widgets/wrappedtext.h"

#include <QWidget>

namespace replog {

// The place of a dialog for errors of its input: a sign and a text, hidden without an error.
class InlineError : public QWidget
{
    Q_OBJECT
public:
    explicit InlineError(QWidget *parent = nullptr);
    void setText(const QString &text); // empty: no error
    QString text() const { return m_text->text(); }

private:
    WrappedText *m_text;
};

} // namespace replog
