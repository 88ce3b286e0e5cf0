package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// chromiumPath returns where the browser is; empty: there is none.
func chromiumPath() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// theBrowser is one for all tests: each has a window of its own in it, with its own cookies.
var theBrowser = sync.OnceValues(func() (context.Context, error) {
	dir, err := os.MkdirTemp("", "swell-chromium-")
	if err != nil {
		return nil, err
	}
	atEnd.add(func() { _ = os.RemoveAll(dir) })
	flags := append([]chromedp.ExecAllocatorOption{}, chromedp.DefaultExecAllocatorOptions[:]...)
	flags = append(flags, chromedp.ExecPath(chromiumPath()), chromedp.UserDataDir(dir), chromedp.WSURLReadTimeout(time.Minute), chromedp.DisableGPU,
		chromedp.Flag("headless", !*headful), chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("js-flags", "--expose-gc"), chromedp.Env("TZ=UTC", "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir))
	if os.Geteuid() == 0 {
		flags = append(flags, chromedp.NoSandbox) // Chromium's sandbox refuses to be root's
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	browser, leave := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {})) // events that are newer than the library
	atEnd.add(func() { leave(); stop() })
	return browser, chromedp.Do(browser)
})

// browser returns the browser, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: no browser is started")
	}
	if chromiumPath() == "" {
		t.Skip("THE PAGES ARE NOT LOOKED AT: install chromium (apt-get install chromium) to run this test")
	}
	b, err := theBrowser()
	if err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return b
}
