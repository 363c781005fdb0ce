// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace replog {

// Certificates for localhost that only tests believe, with their keys.
inline constexpr char FirstCertificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBmzCCAUGgAwIBAgIUYMLmewvG7qQaho2o9G5GaGJlHj0wCgYIKoZIzj0EAwIw\n"
    "FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNjE1MDQ0MloYDzIxMjYxMTAy\n"
    "MTUwNDQyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO\n"
    "PQMBBwNCAAQnSI5+vWYOsJCDOHeLnmVlvqla2CxTt4clAsMSoDs/kRul1nvvnUbj\n"
    "xD0ji1v9/hJyCDSeyhPzDa5Ktv0UCOLKo28wbTAdBgNVHQ4EFgQUl//DpMt91loR\n"
    "ytcIle+2nrRDhBowHwYDVR0jBBgwFoAUl//DpMt91loRytcIle+2nrRDhBowDwYD\n"
    "VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI\n"
    "zj0EAwIDSAAwRQIgGwkGaOrNeFMFxt96D1n6YZqnb3N1HI6ioKxyQEgH3+ICIQCw\n"
    "0vz2rno6uHizDi6nmYorDvMH2v8U8zvGDZYWYrL9XA==\n"
    "-----END CERTIFICATE-----\n";
inline constexpr char FirstKey[] = "-----BEGIN PRIVATE KEY-----\n"
                                   "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXd+3/yBrkPM30G+x\n"
                                   "8LBcFD3CA/iS9hQG3VDDZjEDpjKhRANCAAQnSI5+vWYOsJCDOHeLnmVlvqla2CxT\n"
                                   "t4clAsMSoDs/kRul1nvvnUbjxD0ji1v9/hJyCDSeyhPzDa5Ktv0UCOLK\n"
                                   "-----END PRIVATE KEY-----\n";
inline constexpr char SecondCertificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBkjCCATmgAwIBAgIUa9nRGatWArWz4vxJOUrmP/uIZgUwCgYIKoZIzj0EAwIw\n"
    "EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTI2MTUwNDQyWhgPMjEyNjExMDIxNTA0\n"
    "NDJaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n"
    "30cI2u0Y53dvZ8E9f5RHF4P/mV14NTFtNhOmbbM4bVFI++2DIGNowJyM68lhGIzV\n"
    "JaHF3yI0VLywJDYx5VdQe6NvMG0wHQYDVR0OBBYEFPk/zBAkByPKDxLBsH2TymH6\n"
    "5kboMB8GA1UdIwQYMBaAFPk/zBAkByPKDxLBsH2TymH65kboMA8GA1UdEwEB/wQF\n"
    "MAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAoGCCqGSM49BAMCA0cA\n"
    "MEQCIDKH/ppMXXaWXh1I7DS8u3Gzt4JtLARkaVWPSkKbxZxcAiBf23x1q3bXd9rZ\n"
    "7aj1+yhbJo+caOKO5jOplayc2OGbAA==\n"
    "-----END CERTIFICATE-----\n";
inline constexpr char SecondKey[] = "-----BEGIN PRIVATE KEY-----\n"
                                    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg49ydeFeYa75JuIaV\n"
                                    "fc+t/EpRkskLkLiTUOsPi4k+k4KhRANCAATfRwja7Rjnd29nwT1/lEcXg/+ZXXg1\n"
                                    "MW02E6ZtszhtUUj77YMgY2jAnIzryWEYjNUlocXfIjRUvLAkNjHlV1B7\n"
                                    "-----END PRIVATE KEY-----\n";

} // namespace replog
