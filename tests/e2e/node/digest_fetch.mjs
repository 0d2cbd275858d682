// digest_fetch.mjs: performs the requests of {"user", "password", "options", "requests": [[URL, options] or ["wait", ms]]}, given on
// standard input, with one client of digest-fetch, and writes [status, body] of each as JSON.
import { readFileSync } from "fs";
import DigestClient from "digest-fetch";

const { user, password, options, requests } = JSON.parse(readFileSync(0, "utf8"));
const client = new DigestClient(user, password, options);
const seen = [];
for (const [url, init] of requests) {
  if (url === "wait") {
    await new Promise((resolve) => setTimeout(resolve, init));
    seen.push(null);
    continue;
  }
  const response = await client.fetch(url, init || {});
  seen.push([response.status, await response.text()]);
}
console.log(JSON.stringify(seen));
