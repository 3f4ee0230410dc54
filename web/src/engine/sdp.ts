/** Session descriptions on the wire: raw deflate (RFC 1951) in base64. */

/** Deflates a text and writes it in base64. */
export async function packSdp(sdp: string): Promise<string> {
  const deflated = new Blob([sdp]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
