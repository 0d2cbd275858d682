#include "shown.h"

namespace quivive::diagnose::readings {
namespace {

TEST(ReadCurlCommand, Requests_AreWhatCurlSends) {
  for (const Row& row : {
           Row{"curl https://h/p", "GET https://h/p"},
           Row{"curl h:8080", "GET http://h:8080/"},
           Row{"curl -sSL https://h/", "GET https://h/"},
           Row{"curl -XPOST https://h/", "POST https://h/"},
           Row{"curl -X DELETE https://h/", "DELETE https://h/"},
           Row{"curl --request=PUT https://h/", "PUT https://h/"},
           Row{"curl -I https://h/", "HEAD https://h/"},
           Row{"curl https://h/ -H 'A: b' -H'C: d'", "GET https://h/ {A: b} {C: d}"},
           Row{"curl https://h/ -H 'Authorization: Bearer '", "GET https://h/ {Authorization: Bearer }"},
           Row{"curl https://h/ -H 'Authorization:   x  '", "GET https://h/ {Authorization:   x  }"},
           Row{"curl https://h/ -H 'X-D :  y'", "GET https://h/ {X-D :  y}"},
           Row{"curl https://h/ -H 'A:' -H 'B;' -H 'C' -H 'D: '", "GET https://h/ {B: }"},
           Row{"curl https://h/ -H @file", "GET https://h/"},
           Row{"curl https://h/ -A x -e 'http://r;auto'", "GET https://h/ {User-Agent: x} {Referer: http://r}"},
           Row{"curl https://h/ -A x -H 'User-Agent: y'", "GET https://h/ {User-Agent: y}"},
           Row{"curl https://h/ -A ''", "GET https://h/"},
           Row{"curl https://h/ -b 'a=b' -b 'c=d'", "GET https://h/ {Cookie: a=b;c=d}"},
           Row{"curl https://h/ -b jar.txt", "GET https://h/"},
           Row{"curl https://h/ -b 'a=b' -H 'Cookie: z=1'", "GET https://h/ {Cookie: z=1}"},
           Row{"curl https://h/ -d a=1 -d b=2", "POST https://h/ {Content-Type: application/x-www-form-urlencoded} \"a=1&b=2\""},
           Row{"curl https://h/ -d ''", "POST https://h/ {Content-Type: application/x-www-form-urlencoded}"},
           Row{"curl https://h/ -d @f -H 'Content-Type: x/y'", "POST https://h/ {Content-Type: x/y}"},
           Row{"curl https://h/ --data-raw @f -H Content-Type:", "POST https://h/ \"@f\""},
           Row{"curl https://h/ --data-binary '{}' -H 'content-type: x/y'", "POST https://h/ {content-type: x/y} \"{}\""},
           Row{"curl https://h/ --data-urlencode 'a=b c&+' --data-urlencode 'x y' --data-urlencode '=z=z z' -d q=1",
               "POST https://h/ {Content-Type: application/x-www-form-urlencoded} \"a=b+c%26%2B&x+y&z%3Dz+z&q=1\""},
           Row{"curl -G --data-urlencode 'a=b c' -d x=1 'https://h/a?z=1'", "GET https://h/a?z=1&a=b+c&x=1"},
           Row{"curl -G -d a=1 https://h", "GET https://h/?a=1"},
           Row{"curl --url-query 'a=b c' --url-query '+r=a' https://h/?z#f", "GET https://h/?z&a=b+c&r=a"},
           Row{"curl --json '{\"a\":1}' --json '{}' https://h/",
               "POST https://h/ {Content-Type: application/json} {Accept: application/json} \"{\"a\":1}{}\""},
           Row{"curl -X PATCH --json '{}' -H 'Content-Type: t/x' https://h/",
               "PATCH https://h/ {Accept: application/json} {Content-Type: t/x} \"{}\""},
           Row{"curl -T f.txt https://h/d/", "PUT https://h/d/f.txt"},
           Row{"curl -T f.txt https://h/x", "PUT https://h/x"},
           Row{"curl --url https://h/a --url https://h/b", "GET https://h/a\nGET https://h/b"},
           Row{"curl https://h/a https://h/b -H 'A: b'", "GET https://h/a {A: b}\nGET https://h/b {A: b}"},
           Row{"curl https://h/a -H 'A: b' --next https://h/b", "GET https://h/a {A: b}\nGET https://h/b"},
           Row{"curl https://h/a -H 'A: b' -: -d x https://h/b -H Content-Type:", "GET https://h/a {A: b}\nPOST https://h/b \"x\""},
           Row{"curl -o /dev/null -w '%{http_code}' --max-time 3 -k https://h/", "GET https://h/"},
           Row{"curl --compressed --no-keepalive --http2 https://h/", "GET https://h/"},
           Row{"curl --heade 'A: b' https://h/", "GET https://h/ {A: b}"},
           Row{"curl -- https://h/", "GET https://h/"},
           Row{"curl -H", "GET "},
           Row{"curl https://h/ $'-HA: b\\tc'", "GET https://h/ {A: b\tc}"},
       }) {
    EXPECT_EQ(shown(read_curl_command(row.text)), row.expected) << row.text;
  }
}

TEST(ReadCurlCommand, Credentials_AreWhatCurlSends) {
  for (const Row& row : {
           Row{"curl -u a:b https://h/", "GET https://h/ {Authorization: Basic YTpi}"},
           Row{"curl -ua:b https://h/", "GET https://h/ {Authorization: Basic YTpi}"},
           Row{"curl -u a: https://h/", "GET https://h/ {Authorization: Basic YTo=}"},
           Row{"curl -u a https://h/", "GET https://h/"},  // curl asks
           Row{"curl -u a:b --basic https://h/", "GET https://h/ {Authorization: Basic YTpi}"},
           Row{"curl -u a:b --digest https://h/", "GET https://h/"},
           Row{"curl -u a:b --ntlm https://h/", "GET https://h/"},
           Row{"curl -u : --negotiate https://h/", "GET https://h/"},
           Row{"curl -u a:b --anyauth https://h/", "GET https://h/"},
           Row{"curl -u a:b --digest --basic https://h/", "GET https://h/"},
           Row{"curl -u a:b --aws-sigv4 aws:amz https://h/", "GET https://h/"},
           Row{"curl -u a:b -H 'Authorization: x' https://h/", "GET https://h/ {Authorization: x}"},
           Row{"curl -u a:b -H 'authorization:' https://h/", "GET https://h/"},
           Row{"curl --oauth2-bearer tok https://h/", "GET https://h/ {Authorization: Bearer tok}"},
           Row{"curl -u a:b --oauth2-bearer tok https://h/", "GET https://h/ {Authorization: Bearer tok}"},
           Row{"curl -u a:b --basic --oauth2-bearer tok https://h/", "GET https://h/"},
           Row{"curl http://u%40x:p%3Aq@h/", "GET (u%40x:p%3Aq)http://h/ {Authorization: Basic dUB4OnA6cQ==}"},
           Row{"curl -u a:b http://u:p@h/", "GET (u:p)http://h/ {Authorization: Basic YTpi}"},
           Row{"curl --proxy-user a:b -x p:3128 http://h/", "GET http://h/"},
       }) {
    EXPECT_EQ(shown(read_curl_command(row.text)), row.expected) << row.text;
  }
}

TEST(ReadCurlCommand, Options_AreKept) {
  const Read read = read_curl_command(
      "curl -Lk -u a:b -U c:d -x http://p:1 --location-trusted --netrc -E cert.pem --resolve h:1:2 --oauth2-bearer t --proxy-anyauth "
      "--anyauth "
      "-H 'authorization: x' https://h/");
  ASSERT_TRUE(read && read->command);
  const CurlCommand& command = *read->command;
  EXPECT_EQ(command.user, "a:b");
  EXPECT_EQ(command.proxy_user, "c:d");
  EXPECT_EQ(command.proxy, "http://p:1");
  EXPECT_EQ(command.oauth2_bearer, "t");
  EXPECT_TRUE(command.follow && command.trust_location && command.netrc && command.insecure && command.client_certificate &&
              command.resolves);
  EXPECT_TRUE(command.any_auth && command.proxy_any_auth && command.header_authorization && !command.digest && !command.windows);
  EXPECT_EQ(command.words.front(), "curl");
  EXPECT_EQ(read->format, Format::Curl);
  EXPECT_TRUE(read->is_source);
  EXPECT_FALSE(read_curl_command("curl -L --no-location https://h/")->command->follow);
}

TEST(ReadCurlCommand, Surroundings_AreSteppedOver) {
  for (const Row& row : {
           Row{"$ curl https://h/", "GET https://h/"},
           Row{"# curl https://h/", "GET https://h/"},
           Row{"> curl https://h/", "GET https://h/"},
           Row{"PS C:\\Users\\me> curl.exe https://h/ `\n  -H 'A: b'", "GET https://h/ {A: b}"},
           Row{"C:\\Users\\me>curl \"https://h/\"", "GET https://h/"},
           Row{"me@box:~/src$ curl https://h/", "GET https://h/"},
           Row{"[me@box src]# /usr/bin/curl https://h/", "GET https://h/"},
           Row{"sudo -E curl https://h/", "GET https://h/"},
           Row{"time curl https://h/", "GET https://h/"},
           Row{"env A=b curl https://h/", "GET https://h/"},
           Row{"```bash\ncurl https://h/ \\\n  -H 'A: b'\n```\n", "GET https://h/ {A: b}"},
           Row{"I ran `curl https://h/` and it's broken", "GET https://h/"},
           Row{"Here's what I do:\n\n    curl https://h/\n\nand it doesn't work", "GET https://h/"},
           Row{"T=abc\ncurl -H \"A: $T\" https://h/", "GET https://h/ {A: abc}"},
           Row{"export T='a b'; curl -H \"A: $T\" -H 'B: $T' https://h/", "GET https://h/ {A: a b} {B: $T}"},
           // The shell puts $T in before it knows the assignment.
           Row{"T=abc curl -H \"A: $T\" https://h/", "GET https://h/ {A: $T}"},
           Row{"T=$(curl -s https://a/t | jq -r .t)\ncurl -H \"A: $T\" https://h/", "GET https://a/t\nGET https://h/ {A: $T}"},
           Row{"curl https://a/; curl https://b/ && curl https://c/ | jq .", "GET https://a/\nGET https://b/\nGET https://c/"},
           Row{"curl https://a/\n{\"error\":\"unauthorized\"}\n", "GET https://a/"},
           Row{"for i in 1 2; do curl https://h/; done", "GET https://h/"},
           Row{"echo '{}' | curl -d @- https://h/ -H 'Content-Type: a/b'", "POST https://h/ {Content-Type: a/b}"},
           Row{"curl https://h/\n -H 'A: b'\n -H 'C: d'", "GET https://h/ {A: b} {C: d}"},
           Row{"curl ^\"https://h/^?a=1^&b=2^\" ^\r\n  -H ^\"a: ^\\^\"b^\\^\"^\" ^\r\n  --data-raw ^\"x^\"",
               "POST https://h/?a=1&b=2 {Content-Type: application/x-www-form-urlencoded} {a: \"b\"} \"x\""},
       }) {
    EXPECT_EQ(shown(read_curl_command(row.text)), row.expected) << row.text;
  }
  EXPECT_TRUE(read_curl_command("curl ^\"https://h/^\"")->command->windows);
  EXPECT_EQ(read_curl_command("curl https://a/; curl -k https://b/")->command->words.back(), "https://a/");
}

TEST(ReadCurlCommand, Source_IsRemarkedUpon) {
  for (const Row& row : {
           Row{"curl https://h/ -H 'Authorization: Bearer $TOKEN'", "SingleQuotedVariable 0 request.header Authorization: $TOKEN"},
           Row{"curl https://h/ -H 'Authorization: Bearer ${TOKEN}'", "SingleQuotedVariable 0 request.header Authorization: ${TOKEN}"},
           Row{"curl https://h/ -H \"Authorization: Bearer $TOKEN\"", "ShellExpands 0 request.header Authorization: $TOKEN"},
           Row{"curl https://h/ -H \"Authorization: Bearer `cat t`\"", "ShellExpands 0 request.header Authorization: `cat t`"},
           Row{"curl https://h/ -u \"me:pa$word!x\"",
               "ShellExpands 0 request.header Authorization: $word\nShellExpands 0 request.header Authorization: !x"},
           Row{"curl https://h/ -u 'me:pa$word!x'", ""},
           Row{"curl https://h/ -u 'me:$PASS'", "SingleQuotedVariable 0 request.header Authorization: $PASS"},
           Row{"curl https://h/ -H 'Authorization: Bearer {{token}}'", "Placeholder 0 request.header Authorization: {{token}}"},
           Row{"curl https://h/ -H 'Authorization: Bearer <YOUR_TOKEN>'", "Placeholder 0 request.header Authorization: <YOUR_TOKEN>"},
           Row{"curl https://h/ -H 'Authorization: Bearer %TOKEN%'", "Placeholder 0 request.header Authorization: %TOKEN%"},
           Row{"curl https://h/ -H 'Authorization: Bearer YOUR_API_KEY'", "Placeholder 0 request.header Authorization: YOUR_API_KEY"},
           Row{"curl https://h/ -H 'Authorization: Bearer :token'", "Placeholder 0 request.header Authorization: :token"},
           Row{"curl https://h/ --oauth2-bearer '{{t}}'", "Placeholder 0 request.header Authorization: {{t}}"},
           Row{"curl 'https://h/?key={{key}}'", "Placeholder 0 request.url: {{key}}"},
           Row{"curl 'https://h/a%20b%2Fc%20'", ""},
           Row{"curl \"$BASE/x\" -H 'A: b'", "ShellExpands 0 request.url: $BASE"},
           Row{"curl https://h/ -d '{\"query\":\"query($id: ID!) { a }\",\"x\":\"<b>hi</b>\"}'", ""},
           Row{"curl https://h/ -d '{\"p\":\"$PASSWORD\"}'", "SingleQuotedVariable 0 request.body: $PASSWORD"},
           Row{"curl https://h/ -H Authorization: Bearer abc.def", "BareWord 0 command: Bearer\nBareWord 0 command: abc.def"},
           Row{"curl -H Authorization: Bearer eyJhbGciOi.eyJ.x myhost.example",
               "BareWord 0 command: Bearer\nBareWord 0 command: eyJhbGciOi.eyJ.x"},
           Row{"curl -H A: b myhost", "BareWord 0 command: b"},
           Row{"curl myhost", ""},
           Row{"curl https://h/?a=1&api_key=2", "Background 0 command: api_key=2"},
           Row{"curl ^\"https://h/^\" -H ^\"A: %TOKEN%^\"", "ShellExpands 0 request.header A: %TOKEN%"},
           Row{"curl https://a/ && curl https://b/ -H 'A: {{x}}'", "Placeholder 1 request.header A: {{x}}"},
           Row{"curl https://h/ -H 'X: price is $5 or $x'", "SingleQuotedVariable 0 request.header X: $x"},
       }) {
    const Read read = read_curl_command(row.text);
    ASSERT_TRUE(read) << row.text;
    EXPECT_EQ(shown_remarks(*read), row.expected) << row.text;
  }
}

TEST(ReadCurlCommand, WhatCurlDoesNotSend_IsNoted) {
  const auto notes = [](std::string_view text) {
    std::string all;
    const Read read = read_curl_command(text);
    for (const std::string& note : read->exchanges.at(0).remarks) all += note + "\n";
    return all;
  };
  EXPECT_EQ(notes("curl https://h/ -H 'Authorization Bearer x'"), "curl does not send the header 'Authorization', which has no colon\n");
  EXPECT_EQ(notes("curl https://h/ -H @f -d @g -b jar -F 'a=@b'"),
            "the command reads headers from f\nthe command reads data from g\nthe command reads cookies from jar\nthe command reads 'a' of "
            "the form from a file\n");
  EXPECT_EQ(notes("curl https://h/ --bogus -H"), "curl has no option --bogus\nthe command ends where --header needs a value\n");
}

TEST(ReadCurlCommand, Form_IsMultipart) {
  const Read read = read_curl_command("curl https://h/ -F 'a=b;type=text/plain' -F 'c=@dir/f.txt' --form-string 'd=@e'");
  ASSERT_TRUE(read);
  const Request& request = *read->exchanges[0].request;
  EXPECT_EQ(request.method, "POST");
  EXPECT_TRUE(request.headers.value("content-type").starts_with("multipart/form-data; boundary="));
  EXPECT_NE(request.body.find("name=\"a\"\r\nContent-Type: text/plain\r\n\r\nb\r\n"), std::string::npos);
  EXPECT_NE(request.body.find("name=\"c\"; filename=\"f.txt\"\r\n\r\n\r\n"), std::string::npos);
  EXPECT_NE(request.body.find("name=\"d\"\r\n\r\n@e\r\n"), std::string::npos);
}

TEST(ReadCurlCommand, BrokenText_IsAnErrorWithItsPlace) {
  for (const Row& row : {
           Row{"curl 'https://h/", "line 1 offset 5: an unclosed ' quote that begins here"},
           Row{"curl https://h/ \\\n  -H \"A: b", "line 2 offset 23: an unclosed \" quote that begins here"},
           Row{"hello", "line 1 offset 0: no curl command begins in this text"},
           Row{"", "line 1 offset 0: no curl command begins in this text"},
           Row{"A='x\ncurl", "line 1 offset 0: no curl command begins in this text"},
       }) {
    EXPECT_EQ(shown(read_curl_command(row.text)), row.expected) << row.text;
  }
  EXPECT_FALSE(read_curl_command(std::string(kMaxText + 1, ' ')));
}

TEST(ReadCurlCommand, ManyUrls_AreCountedAndCut) {
  std::string text = "curl";
  for (int i = 0; i < 3000; ++i) text += " https://h/" + std::to_string(i);
  const Read read = read_curl_command(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->total, 3000u);
  EXPECT_EQ(read->exchanges.size(), 2000u);
}

TEST(ReadCurlWords, AShellHasSplitThem_DollarsAreLiteral) {
  const std::vector<std::string> words = {"curl", "-s", "-H", "Authorization: Bearer $API_TOKEN", "https://api.example.com/v1/me"};
  const Read read = read_curl_words(words);
  ASSERT_TRUE(read);
  EXPECT_EQ(shown(*read), "GET https://api.example.com/v1/me {Authorization: Bearer $API_TOKEN}");
  EXPECT_EQ(shown_remarks(*read), "SingleQuotedVariable 0 request.header Authorization: $API_TOKEN");
  EXPECT_FALSE(read_curl_words(std::vector<std::string>{"curl"}));
}

// Curl sends nothing for it, so that a verdict would be about a request that nobody makes.
TEST(ReadCurlWords, MisspeltOption_IsAnError) {
  const auto error_of = [](std::string option) {
    const Read read = read_curl_words(std::vector<std::string>{"curl", std::move(option), "X-API-Key: abc", "https://a.example/"});
    return read ? std::string() : read.error().message;
  };
  EXPECT_EQ(error_of("--hedaer"), "there is no option --hedaer; did you mean --header?");
  EXPECT_EQ(error_of("--heder=X-API-Key: abc"), "there is no option --heder; did you mean --header?");
  EXPECT_EQ(error_of("--dat"), "there is no option --dat; did you mean --data?");  // ambiguous, says curl
  // What a later version may have, and what is a beginning that only one has.
  for (const std::string option : {"--tlsv1.4", "--http4", "--quite-another", "--heade", "--no-progress-meter", "-H"}) EXPECT_EQ(error_of(option), "") << option;
  // A value is none, and what was pasted somewhere is read as well as it can be.
  EXPECT_TRUE(read_curl_words(std::vector<std::string>{"curl", "-A", "--hedaer", "https://a.example/"}));
  EXPECT_TRUE(read_curl_command("curl --hedaer 'X-API-Key: abc' https://a.example/"));
}

}  // namespace
}  // namespace quivive::diagnose::readings
