// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QRegularExpression>
#include <QSettings>
#include <QTemporaryDir>
#include <QtTest>

namespace replog::test {

// For the init() of each test function: a warning fails it, but for what Qt's offscreen platform says of
// itself.
inline void failOnEveryWarning()
{
    // The first is said of each window and dock: it would bury the rest of the output. The second comes from
    // inside Qt now and then when a node dies just as a call to it ends; the call is told once all the same.
    static const QtMessageHandler next = qInstallMessageHandler({});
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext &context, const QString &message) {
        if (!message.startsWith(QStringLiteral("This plugin does not support")) &&
            !message.startsWith(QStringLiteral("QNetworkReplyImplPrivate::error: Internal problem")))
            next(type, context, message);
    });
    QTest::failOnWarning(
        QRegularExpression(QStringLiteral("^(?!This plugin does not support|QStandardPaths: ).*")));
}

// The application that a suite, a benchmark or a driver runs in, with settings of its own that do not outlive
// it.
class GuiProgram
{
public:
    GuiProgram(int &argc, char **argv) : m_app(argc, argv)
    {
        QApplication::setOrganizationName(QStringLiteral("replog-tests"));
        QApplication::setApplicationName(QStringLiteral("suite"));
    }
    QString filePath(const QString &name) const { return m_settings.filePath(name); }

private:
    struct Settings : QTemporaryDir
    {
        Settings()
        {
            QSettings::setDefaultFormat(QSettings::IniFormat);
            QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, path());
        }
    };
    Settings m_settings; // in force before there is an application
    QApplication m_app;
};

template <typename Suite>
int runGuiSuite(int argc, char **argv)
{
    const GuiProgram program(argc, argv);
    Suite suite;
    return QTest::qExec(&suite, argc, argv);
}

} // namespace replog::test
