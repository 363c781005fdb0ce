// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/access/certificatetext.h"

#include "shared/access/regularfile.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace replog {

Result<QList<QSslCertificate>> certificatesIn(const QString &path, const QByteArray &pem)
{
    const QList<QSslCertificate> certificates = QSslCertificate::fromData(pem, QSsl::Pem);
    const QList<QByteArray> lines = pem.split('\n');
    const auto begun = std::count_if(lines.cbegin(), lines.cend(), [](const QByteArray &line) {
        return line.startsWith("-----BEGIN ") && line.contains("CERTIFICATE-----");
    });
    // Qt leaves out what it cannot read. An authority that is missing then would be noticed only by whoever
    // needs it.
    if (certificates.size() < begun)
        return unusableFile(
            path, u"%1 of its %2 certificates cannot be read"_s.arg(begun - certificates.size()).arg(begun));
    if (certificates.isEmpty())
        return unusableFile(path, u"there is no certificate in it"_s);
    return certificates;
}

} // namespace replog
