// openid-client and oauth4webapi as clients of a token service. Reads {issuer, cookie, app, machine, signer, tv} as JSON, and prints what each step came to.
import { webcrypto } from 'node:crypto';
import { readFileSync } from 'node:fs';

// Node 18 has them under these names only.
globalThis.crypto ??= webcrypto;
globalThis.CryptoKey ??= webcrypto.CryptoKey;
const oidc = await import('openid-client');
const oauth = await import('oauth4webapi');

const asked = JSON.parse(readFileSync(0, 'utf8'));
const issuer = new URL(asked.issuer);
const redirect = 'http://127.0.0.1/back';
const seen = {};

// What a browser that has signed in does.
async function visit(url, cookie = asked.cookie) {
  const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
  if (response.status !== 302) throw new Error(`the authorization endpoint answers ${response.status}: ${await response.text()}`);
  return new URL(response.headers.get('location'));
}

async function withOpenidClient() {
  const insecure = { execute: [oidc.allowInsecureRequests] };
  const machine = await oidc.discovery(issuer, asked.machine.id, asked.machine.secret, oidc.ClientSecretBasic(asked.machine.secret), insecure);
  seen.metadata = machine.serverMetadata();
  const own = await oidc.clientCredentialsGrant(machine, { scope: 'orders:read' });
  seen.own = { scope: own.scope, expires_in: own.expires_in, type: own.token_type, token: own.access_token };

  const app = await oidc.discovery(issuer, asked.app.id, undefined, oidc.None(), insecure);
  const verifier = oidc.randomPKCECodeVerifier(), state = oidc.randomState(), nonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(app, { redirect_uri: redirect, scope: 'openid orders:read', code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256', state, nonce });
  const tokens = await oidc.authorizationCodeGrant(app, await visit(url), { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
  seen.identity = tokens.claims();
  const refreshed = await oidc.refreshTokenGrant(app, tokens.refresh_token);
  seen.refreshed = { scope: refreshed.scope, rotated: refreshed.refresh_token !== tokens.refresh_token, token: refreshed.access_token };
  seen.active = await oidc.tokenIntrospection(machine, refreshed.access_token);
  await oidc.tokenRevocation(app, refreshed.access_token);
  seen.inactive = await oidc.tokenIntrospection(machine, refreshed.access_token);
  await oidc.tokenRevocation(app, refreshed.refresh_token);
  try {
    await oidc.refreshTokenGrant(app, refreshed.refresh_token);
  } catch (refused) {
    seen.after_revocation = refused.error;
  }

  const tv = await oidc.discovery(issuer, asked.tv.id, undefined, oidc.None(), insecure);
  const device = await oidc.initiateDeviceAuthorization(tv, { scope: 'orders:read' });
  const approved = await fetch(device.verification_uri, { method: 'POST', headers: { cookie: asked.cookie, origin: issuer.origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ user_code: device.user_code, decision: 'approve' }) });
  if (approved.status !== 200) throw new Error(`the device page answers ${approved.status}`);
  const polled = await oidc.pollDeviceAuthorizationGrant(tv, device);
  seen.device = { scope: polled.scope, refreshes: polled.refresh_token !== undefined };
}

async function withOauth4webapi() {
  const insecure = { [oauth.allowInsecureRequests]: true };
  for (const algorithm of ['oidc', 'oauth2']) {
    const found = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm, ...insecure }));
    seen['discovered_' + algorithm] = found.issuer;
  }
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  const key = await crypto.subtle.importKey('jwk', asked.signer.jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  const signer = { client_id: asked.signer.id };
  const proof = oauth.PrivateKeyJwt({ key, kid: asked.signer.jwk.kid });
  const own = await oauth.processClientCredentialsResponse(as, signer, await oauth.clientCredentialsGrantRequest(as, signer, proof, { scope: 'orders:read' }, insecure));
  seen.signed = { scope: own.scope, token: own.access_token };

  const app = { client_id: asked.app.id };
  const verifier = oauth.generateRandomCodeVerifier(), state = oauth.generateRandomState();
  const url = new URL(as.authorization_endpoint);
  for (const [name, value] of Object.entries({ client_id: app.client_id, redirect_uri: redirect, response_type: 'code', scope: 'orders:read', state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' })) url.searchParams.set(name, value);
  const parameters = oauth.validateAuthResponse(as, app, await visit(url), state);
  const response = await oauth.authorizationCodeGrantRequest(as, app, oauth.None(), parameters, redirect, verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(as, app, response);
  seen.code = { scope: tokens.scope, token: tokens.access_token };
  const again = await oauth.authorizationCodeGrantRequest(as, app, oauth.None(), parameters, redirect, verifier, insecure);
  try {
    await oauth.processAuthorizationCodeResponse(as, app, again);
  } catch (refused) {
    seen.code_again = refused.error;
  }
  const wrong = await oauth.clientCredentialsGrantRequest(as, { client_id: asked.machine.id }, oauth.ClientSecretPost('wrong'), {}, insecure);
  try {
    await oauth.processClientCredentialsResponse(as, { client_id: asked.machine.id }, wrong);
  } catch (refused) {
    seen.wrong_secret = refused.error ?? refused.cause?.[0]?.scheme ?? String(refused);
  }
  // RFC 9068, as a resource server of this library sees it.
  const request = new Request(`${issuer.origin}/orders`, { headers: { authorization: `Bearer ${own.access_token}` } });
  seen.validated = (await oauth.validateJwtAccessToken(as, request, asked.issuer, insecure)).client_id;
}

await withOpenidClient();
await withOauth4webapi();
process.stdout.write(JSON.stringify(seen));
