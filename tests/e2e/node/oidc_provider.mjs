// An OpenID provider on the port of the first argument. Its access tokens are JWTs for one API and live for the seconds of the second argument.
// Signing in and consent are its own development pages.
import { webcrypto, generateKeyPairSync } from 'node:crypto';

globalThis.crypto ??= webcrypto;
const { default: Provider } = await import('oidc-provider');

const [port, lifetime] = process.argv.slice(2).map(Number);
const url = `http://127.0.0.1:${port}`;
const key = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'k1' };
const provider = new Provider(url, {
  clients: [{ client_id: 'cli', application_type: 'native', token_endpoint_auth_method: 'none', redirect_uris: ['http://127.0.0.1/callback'],
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], id_token_signed_response_alg: 'ES256' }],
  jwks: { keys: [key] },
  scopes: ['openid', 'offline_access', 'orders'],
  cookies: { keys: ['of a test'] },
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  ttl: { AccessToken: lifetime },
  features: {
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: { enabled: true, defaultResource: () => 'https://api.example.com', useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'orders', audience: 'https://api.example.com', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }) },
  },
});
provider.listen(port, '127.0.0.1', () => console.log('ready'));
