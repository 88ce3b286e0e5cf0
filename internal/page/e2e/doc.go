// Package e2e looks at the pages of a running server with a real browser, headless Chromium: it has tests alone.
//
// It owns what only a browser can tell: that nothing is refused by the policy of the pages and nothing asked of other
// machines, what the keyboard reaches, how wide a page is, what scripts change and what is there without them. What
// a page says is tested beside the page.
//
// Where there is no Chromium in PATH the tests skip; those that need axe-core skip where SWELL_AXE does not name its
// axe.min.js. The server, the engine and the store are the real ones, its clock stands where a made-up archive ends.
package e2e
