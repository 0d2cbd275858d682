#pragma once
// One token for each algorithm, signed by another implementation (Python's cryptography) with keys that are gone.
// Claims: iss https://id.example.com, aud https://api.example.com and another, iat = nbf = 1700000000, exp = 1700003600.

#include <array>
#include <string_view>

namespace quivive::jose::vectors {

inline constexpr std::string_view kKeySet =
    R"({"keys":[{"kty":"RSA","kid":"rsa","n":"u-KTHfHEkWgn_K4pBjiuigch3AadVDbaZvynt0DDnbUXNOkclb8DrV1Mmc722L7lF_GAeC6)"
    R"(N2qdnPCbbbAeRLcfFPZjvcDUOYgkCsRsab2wrLRptLniZTOgQWpFWCVVO5iZaVI0RZJxvTvCMzut6Xq1b_eCWrQPAtLqZ8JEaE8clxA_7GsE7s)"
    R"(MgqlFxY74PVHZUd1B0wstp9yhMXWk2Pm6kJMbLiVYY3Rd-Jqqt-cHMvQkyPZ8ILuksc_WOFBbb_dhEuxlqtYi7CBEA6npijN5goIJm_BkoFO6x)"
    R"(xYI4PiF0VdvJUuHNrsydsqF6BZXjnQxOjGD9mEttGgMFgjxRlKQ","e":"AQAB"},{"kty":"EC","kid":"ec256","crv":"P-256","x":")"
    R"(0KLW9T6l8uKqktsUhKiFzGy9_PQ5E3TFiFifh8IhLkg","y":"ObpGVVeO2g5RyzaegPcYzMumSgDFdNHsjHUDMQ7BS_c"},{"kty":"EC","k)"
    R"(id":"ec384","crv":"P-384","x":"yWZ1mAGC2LmPNizd4_e1PakfXNphOkjp2yE19ksMA7_sRvVh-qqrh0s_y-RH_fuJ","y":"vHSC0nsy)"
    R"(U0J38ii-dVAWJSoiTXlaSCn5Ddi61wwoEBYC6UCPcMr6ZWLMP6E7UN8D"},{"kty":"EC","kid":"ec512","crv":"P-521","x":"ADgIf0)"
    R"(iboaJ7hFD5DLxtLxJ5tWyWx_ybycjNkuAByFdRi4TFH7edgEFJmUBEQtwj2u7wMZhXGjwAroYnZPNQnePm","y":"AYQ4zDwd4kKkPamkzhvfa)"
    R"(MhUQ85ECEZ0CuK2dRQ4XGiYE0HnuK2fbJazth8sAtYYWofl5YWK23kXWS52l2bf2qjW"},{"kty":"OKP","kid":"ed25519","crv":"Ed25)"
    R"(519","x":"IUSEFZ66XCeTUNxUiLZ1ghNynaRLYCqPrOaK0VfdKuo"},{"kty":"OKP","kid":"ed448","crv":"Ed448","x":"8QOKiTdp)"
    R"(LxiHmUsbILQb1ySVuvCWtg-Onkpo7bWqO5E6PvfdOYnqxw4x6XNRrvRSeGPAkxLmImgA"}]})";

// The secret of the HS tokens: the octets 0 to 63.
inline constexpr std::string_view kSecretKeySet =
    R"({"keys":[{"kty":"oct","kid":"secret","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEy)"
    R"(MzQ1Njc4OTo7PD0-Pw"}]})";

struct Signed {
  std::string_view algorithm, token;
};
inline constexpr std::array kTokens = {
    Signed{"HS256",
           "eyJhbGciOiJIUzI1NiIsImtpZCI6InNlY3JldCIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwi"
           "c3ViIjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhd"
           "CI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZS"
           "J9.tZAlzriToAg2jioAHf4m9qBtniNqUuNGCN2pysTZUoU"},
    Signed{"HS384",
           "eyJhbGciOiJIUzM4NCIsImtpZCI6InNlY3JldCIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwi"
           "c3ViIjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhd"
           "CI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZS"
           "J9.KOA8R_uUcpCHpgQXwWZXTZQHh7sSdigB89TbK_gZqZuZlYEYygZaMBzwaEPoEDpK"},
    Signed{"HS512",
           "eyJhbGciOiJIUzUxMiIsImtpZCI6InNlY3JldCIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwi"
           "c3ViIjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhd"
           "CI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZS"
           "J9._zIqzwGMrBQ3xsmUp30PtdqRIrAkj7egTRYgTI7oOwh7DtmCZ_Qz5Vt5Aza1GzZL8Kplz9YK9b6J8X41JuRa2g"},
    Signed{"RS256",
           "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYSIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3Vi"
           "IjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdCI6M"
           "TcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.a"
           "eAQJklzMDHY8afKJFtf89bMba2B0_VAKpaDwsuJDE-knKYXCdrJxc5tfO6k0nX6eOgZ-Nk3TovYPA0q4pkfXtimBc9Bs4QSt2yeemshn7"
           "osWDvm52TzVZh63uXAI2m7fKdyStRUJMAqu0hSxhisHpozWlQ1nhETQoLUc15c02eLlWgAMf7NaE6qvLIVmJQggDtcyznO0llsq5hsDSf"
           "dccFM3McsxJpRF2z6MfZwv9bYI9c7FLaG64w3Y-a9yV-qpnMUXUcm9WVTeSPjglUNjs8xJ4x_D4nF7Qem-fib9AM_Jc5qrzhU32fVNpds"
           "nuP_eiKWFp9rZV_djm3gVRrezg"},
    Signed{"RS384",
           "eyJhbGciOiJSUzM4NCIsImtpZCI6InJzYSIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3Vi"
           "IjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdCI6M"
           "TcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.B"
           "pVVm_3Xol2U3TnIc-RChcHCyDQAkP1nKNxILWW9ZQ9ps38Xhbz2aI_Sv-wjm5Wuf8hJTNhxmtW36gt7TTkB3i2Xnmhp7QcnW86qQC_9eg"
           "3PGtBehqnqjz5Lq22fs-H9zxFYVfo6ltvQkHhYixtXc_xjgemomoHYEf4pbj3NkWQZ6uqiJvblf-II5VyJC9BIWnTQQvQBEBWwoerJzMq"
           "PVyzx4hjB-AdT3aN47NLQh0q9ysWt90_cbysErQM1zAEsViniMX-cyA-hR7RnVC55MaQ5FlyrZsUR7kcAj0SiPyHd4rNe4YA9-Cu9lmU5"
           "VOCDt7HEfe_tKJBZTdPpsmbaaw"},
    Signed{"RS512",
           "eyJhbGciOiJSUzUxMiIsImtpZCI6InJzYSIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3Vi"
           "IjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdCI6M"
           "TcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.a"
           "0pfQSV_xH4ZbCbXSoXDp3FEpKIJW3F3llWG20AGpHEqKn0sqs6_Yzzf2QVKjAdaP29RkxksmscGE3gw-UBXAgKQqR4b8eTfjQO3YdcrX6"
           "lO9lZ-pYektx0Pyk3PIxyYWj2PKZIjbmkkvr_5t8ru6fwsmemTb_gNscPJ12wi5DFsmaqkdOR6OnwuMipbIu1C6veCQPtHyS2qk0hd4Bn"
           "5vxDjTzxwziL6DLYUNMoOQWNVnAJOkW1aoCykT1KoWEbmQFqP5op7qf-rm4a32oR7QBGYvncdKyDu_IqY0arH1bUV2ur7uw7SUSYAwjo2"
           "s450mR4SGaNdZ_7VBA86Mb4Vww"},
    Signed{"PS256",
           "eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3Vi"
           "IjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdCI6M"
           "TcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.d"
           "5sgF1lT5qLAn9Q47Nc5iXuaeSuo8uDStCOO4vPqlGkdkso-QUnknkgJd_SJOEDb4f6v7vUKDnKvFz_lPOCV2HHqcTRi14cMtwTOQjq3tO"
           "hQ_lM7Yxxz2qhwfO1B-4EPWzvGuMBinArr2K8Ah_88BbtEl7ZrPsEB7yjxuhKzGZP59dKF14KPcZejz0m-FIfcnadv0lwfdRXWiSwWSll"
           "l9a-CTn_TCpBfwBkXao4lHD5Db5VfUiSmyftvyr0LYQYfJlw3NGVTuZytOXpkkrVqCef0bsYP8aZkzW_7LVwBNRqwCpb__drWKCzDA9Ga"
           "9acQmna7_aIPpYZjNArZCCo5jA"},
    Signed{"PS384",
           "eyJhbGciOiJQUzM4NCIsImtpZCI6InJzYSIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3Vi"
           "IjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdCI6M"
           "TcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.a"
           "mO2ULcRMKq_amhyCoLYE_H_Yn2Ey2cUeKFfs2N37Vs0B9mVWk06wiplXD6viXdjzCU3awhLc6MM-c7F1YT0PN03AtoFBltdWfjwGOqyUL"
           "RTDHpagojx7FtlJIeR-XN-wGgwb_RC5K174NfvBIKvnwa4jHjjXOxvXKXTTe26PsD0RPUW3DfJs9c0occzzBlVyBLSElzme6J7BgYrhjn"
           "FR4pVBAmP-3WbpDeiDy34x6rLEA4oQ1s9nSNyQZMXu0_PifBt3klvTgAx97x43s0dFUwexduFuLftUOg_IcuzXPjUrhtYE7d_5bwiLFbf"
           "Fvxxi7vaTolG0MP1B5Pd_cm_sg"},
    Signed{"PS512",
           "eyJhbGciOiJQUzUxMiIsImtpZCI6InJzYSIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3Vi"
           "IjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdCI6M"
           "TcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.u"
           "shLX1lvcKh7bHMwFTKEuXmlT81m654DcRFulzPKz-6RD5igNHUQiXcN7GrjX2_Rw5WQGujya8RPxj_tqAvFwX2j4altl48WEk4MZRyCUz"
           "aIIAEgEsUr5vthUEuRwDyrnp4mfgsAxohdsuReJrRWu10PTPjpaEZQae-20bAscZS0Sjv61i-lHSrLi1qyGNiZFaG324ebV-frgA0fBmk"
           "K9mxiSVj1VaDulLIkHLxQcgWZoSM6MOJz7SxbtcDr1xuEaI1o-PO0pcs7rXbPZTVtZTCzNv83h7fu3aImujoxcVyT-vT_UN3w60nCJ5Y7"
           "OZ0Wqp98w3bwOcseiRaXdVOxqg"},
    Signed{"ES256",
           "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjMjU2IiwidHlwIjoiYXQrand0In0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic"
           "3ViIjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdC"
           "I6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ"
           "9.KfLO4wwvbEXcC7rLi0aHj5K8HnsiA6V_k1bCif56SenEQ9A56TOOQSbm-M0RJLqtHbnd7WYrwKa9Cdv_qE_geg"},
    Signed{"ES384",
           "eyJhbGciOiJFUzM4NCIsImtpZCI6ImVjMzg0IiwidHlwIjoiYXQrand0In0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic"
           "3ViIjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdC"
           "I6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ"
           "9.l5pn6PPk1vvJ_3AR2DHf2sOKbQjpBosoR8dGJdTAUdDVOadCalA_0re45T5AzKpAKBvbtKT7LpCqNzIJjynkgPSg1oVNArxIC8yWMix"
           "tBURmOcaPqVVueaBMvfSnQ2hY"},
    Signed{"ES512",
           "eyJhbGciOiJFUzUxMiIsImtpZCI6ImVjNTEyIiwidHlwIjoiYXQrand0In0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic"
           "3ViIjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdC"
           "I6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ"
           "9.ANeqdau6ri55ZdXmNJvTn9Qcp_K8s8zuio3eCjpTWTHDoQ9zzbCvYJzLUFcy6PYyCSpPUJ48bbuy7SQ2MXcqdtR_AEssfO-Rz34JKS5"
           "HAcA_0ektXgt5PJg11d44OkBPZ682NuHxXmRfiuU_9A3ZMIf7kI8Z4kK62Npx2OEgztexVmtw"},
    Signed{"EdDSA",
           "eyJhbGciOiJFZERTQSIsImtpZCI6ImVkMjU1MTkiLCJ0eXAiOiJhdCtqd3QifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIi"
           "wic3ViIjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sIml"
           "hdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0"
           "ZSJ9.27HP8ZXYj-DXPSYn5aaL6ynXgDvQHUQDkmtF9WMkxKMhZ_g2LbbFUl0T5Cl4GOjyjtenoE_P2fLFOjtZ_QBfAw"},
    Signed{"Ed25519",
           "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoiZWQyNTUxOSIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29t"
           "Iiwic3ViIjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sI"
           "mlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cm"
           "l0ZSJ9.juSTrukOBp4Qzszf7iokT4G0xvQnsQgTcZM7Br7N9GTR-J_VBZrATOfNTapbGagNQbXU8iOsxE7W-LPWI3a2Cg"},
    Signed{"Ed448",
           "eyJhbGciOiJFZDQ0OCIsImtpZCI6ImVkNDQ4IiwidHlwIjoiYXQrand0In0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic"
           "3ViIjoiYWxpY2UiLCJhdWQiOlsiaHR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdC"
           "I6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ"
           "9.ay9zhSz0rvH3sExYqAj0ztCguec2rrtvt81F9BoqdAdctNO2Jc8KC3TzVRd1Al0Yag4AIR0jCLSA559NAYmfAlf7o5k7-M_EWWAxWlm"
           "UXp-B4N3JCsVBq8isFKL03ED70Id-HmnlkRSkDXFC7GV-1hAA"},
};

// PS256 with a salt of 20 octets.
inline constexpr std::string_view kPssWithShortSalt =
    R"(eyJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIiwic3ViIjoiYWxpY2UiLCJhdWQiOlsia)"
    R"(HR0cHM6Ly9hcGkuZXhhbXBsZS5jb20iLCJodHRwczovL290aGVyLmV4YW1wbGUuY29tIl0sImlhdCI6MTcwMDAwMDAwMCwibmJmIjoxNzAwMDA)"
    R"(wMDAwLCJleHAiOjE3MDAwMDM2MDAsImp0aSI6InQtMSIsInNjb3BlIjoicmVhZCB3cml0ZSJ9.dXUVf1X6C0ildD-DC8xS75iVCQBGUjKXGUiV)"
    R"(y0387FGWzeEteOlaFn7Caq4IMLvRFT5nRxWXu6pcn-Ix6FIlbdUwXHUnB70jNdyIJEWGN9Iq8qpiAf6CupBywEnOfCOtm5WO1FIvM3DNVlHP_n)"
    R"(0FndE8Xshnj3gsGUyvXbvYLasQsg0fwDhVa0cTSIlJ3847Z04amOI9F1MehpIax4p6uWeJGsE2FUKCrKIKlK3vmErSN7NEVUHfseLiAVIaVwhn)"
    R"(4divYYbNz2NlZbgOQgAfAYgjt0sngjDmDGs5BEB4A0_FlDuBBbmf9DMoXzAf3q_5kaJ_eVvE1ZYr89KmmOZC9A)";

}  // namespace quivive::jose::vectors
