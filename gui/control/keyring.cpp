// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/control/keyring.h"

#include <QObject>
#include <QUrl>

#ifdef REPLOG_KEYRING
#include <qt6keychain/keychain.h>
#endif

using namespace Qt::StringLiterals;

namespace replog {

#ifdef REPLOG_KEYRING

namespace {

constexpr auto Service = "replog-dashboard"_L1;

} // namespace

bool Keyring::isThere()
{
    return true;
}

void Keyring::read(const QUrl &place, QObject *context,
                   const std::function<void(const QByteArray &token, const QString &problem)> &done)
{
    auto *const job = new QKeychain::ReadPasswordJob(Service);
    job->setKey(place.toString());
    QObject::connect(job, &QKeychain::Job::finished, context, [job, done] {
        const bool known = job->error() == QKeychain::NoError || job->error() == QKeychain::EntryNotFound;
        done(job->binaryData(), known ? QString() : job->errorString());
    });
    job->start();
}

void Keyring::write(const QUrl &place, const QByteArray &token, QObject *context,
                    const std::function<void(const QString &problem)> &done)
{
    QKeychain::Job *job = nullptr;
    if (token.isEmpty()) {
        auto *const made = new QKeychain::DeletePasswordJob(Service);
        made->setKey(place.toString());
        job = made;
    } else {
        auto *const made = new QKeychain::WritePasswordJob(Service);
        made->setKey(place.toString());
        made->setBinaryData(token);
        job = made;
    }
    QObject::connect(job, &QKeychain::Job::finished, context, [job, done] {
        const bool known = job->error() == QKeychain::NoError || job->error() == QKeychain::EntryNotFound;
        done(known ? QString() : job->errorString());
    });
    job->start();
}

#else

bool Keyring::isThere()
{
    return false;
}

void Keyring::read(const QUrl &, QObject *context,
                   const std::function<void(const QByteArray &token, const QString &problem)> &done)
{
    QMetaObject::invokeMethod(
        context, [done] { done({}, {}); }, Qt::QueuedConnection);
}

void Keyring::write(const QUrl &, const QByteArray &, QObject *context,
                    const std::function<void(const QString &problem)> &done)
{
    QMetaObject::invokeMethod(
        context, [done] { done({}); }, Qt::QueuedConnection);
}

#endif

} // namespace replog
