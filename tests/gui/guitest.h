// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QApplication>
#include <QFile>
#include <QRegularExpression>
#include <QSettings>
#include <QTemporaryDir>
#include <QtTest>

namespace replog::test {

// Call it in init(): a warning fails the test function, except warnings about Qt's offscreen platform.
inline void failOnEveryWarning()
{
    // Qt prints the first for each window and dock, so it is dropped. It prints the second sometimes when a
    // node dies just as a call to it ends; the call still finishes exactly once.
    static const QtMessageHandler next = qInstallMessageHandler({});
    qInstallMessageHandler([](QtMsgType type, const QMessageLogContext &context, const QString &message) {
        if (!message.startsWith(QStringLiteral("This plugin does not support")) &&
            !message.startsWith(QStringLiteral("QNetworkReplyImplPrivate::error: Internal problem")))
            next(type, context, message);
    });
    QTest::failOnWarning(
        QRegularExpression(QStringLiteral("^(?!This plugin does not support|QStandardPaths: ).*")));
}

// The application of a suite, benchmark or driver, with temporary settings.
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
            if (qgetenv("QT_QPA_PLATFORM") == "offscreen")
                enlargeScreen();
        }
        // The screen has 800 pixels a side otherwise, and Qt (6.8) lets no window come back wider.
        void enlargeScreen() const
        {
            QFile file(filePath(QStringLiteral("offscreen.json")));
            if (file.open(QIODevice::WriteOnly))
                file.write(
                    R"({"screens":[{"name":"large","x":0,"y":0,"width":1600,"height":1000,"logicalDpi":96,
                               "logicalBaseDpi":96,"dpr":1}]})");
            const QByteArray platform = "offscreen:configfile=" + QFile::encodeName(file.fileName());
            qputenv("QT_QPA_PLATFORM", platform);
        }
    };
    Settings m_settings; // must be in force before the application exists
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
