package e2e_test

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long something may take to come about. Machines may be slow.
const patience = 90 * time.Second

// look says how a tab shows pages. The zero value: a wide window, the colours of day, scripts on.
type look struct {
	width, height int64
	dark, plain   bool // plain: scripts are off
	calm          bool // prefers-reduced-motion
	zone          string
	scale         float64
}

// tab is a window of the browser that notes what should not happen in it.
type tab struct {
	t    *testing.T
	ctx  context.Context
	base string

	mu         sync.Mutex
	complaints []string // of the console and of the policy
	foreign    []string // requests to others
	dialogs    []string
	requests   []*network.EventRequestWillBeSent
	bytes      map[network.RequestID]float64 // on the wire, headers included
	// expected are parts of complaints that the test brings about.
	expected []string
}

// open opens a tab for the pages of a server.
func open(t *testing.T, base string, l look) *tab {
	t.Helper()
	parent := browser(t)
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, base: base, bytes: map[network.RequestID]float64{}}
	// The first use of a context opens its tab, which has to outlive the time limits of what follows.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("cannot open a tab: %v", err)
	}
	if err := chromedp.Listen(ctx, b.heard); err != nil {
		t.Fatal(err)
	}
	if l.width == 0 {
		l.width, l.height = 1280, 900
	}
	l.scale, l.zone = cmp.Or(l.scale, 1), cmp.Or(l.zone, "UTC")
	tell(b, network.Enable, network.EnableParams{})
	tell(b, log.Enable, cdp.Empty{})
	tell(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: l.width, Height: l.height, DeviceScaleFactor: l.scale})
	tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: pick(l.dark, "dark", "light")}, {Name: "prefers-reduced-motion", Value: pick(l.calm, "reduce", "no-preference")},
	}})
	tell(b, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: l.zone})
	tell(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.plain})
	tell(b, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return b
}

// tell gives the tab a command of the protocol.
func tell[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	r, err := chromedp.Call(ctx, command, params)
	if err != nil {
		b.t.Fatalf("%s: %v", command.Method, err)
	}
	return r
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// heard notes an event of the browser.
func (b *tab) heard(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeAssert {
			var said []string
			for _, a := range e.Args {
				said = append(said, string(a.Value)+a.Description)
			}
			b.complaints = append(b.complaints, fmt.Sprintf("console.%s: %s", e.Type, strings.Join(said, " ")))
		}
	case *runtime.EventExceptionThrown:
		said := "exception: " + e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			said += " " + x.Description
		}
		b.complaints = append(b.complaints, said)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			b.complaints = append(b.complaints, fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e)
		if !strings.HasPrefix(e.Request.URL, b.base+"/") && !strings.HasPrefix(e.Request.URL, "data:") {
			b.foreign = append(b.foreign, e.Request.URL)
		}
	case *network.EventLoadingFinished:
		b.bytes[e.RequestID] = e.EncodedDataLength
	case *page.EventJavascriptDialogOpening:
		b.dialogs = append(b.dialogs, e.Message)
		go func() { _, _ = chromedp.Call(b.ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{}) }()
	}
}

// do runs actions, or fails the test.
func do[T any](b *tab, what string, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	out, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
	return out
}

// visit loads a page of the server and waits until it is there.
func (b *tab) visit(path string) {
	b.t.Helper()
	do(b, "visit "+path, chromedp.Navigate(b.base+path))
}

// eval evaluates an expression of JavaScript.
func eval[T any](b *tab, expression string) T {
	b.t.Helper()
	return do(b, "evaluate "+expression, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// until waits until an expression is true. The page may be loaded anew meanwhile.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(b.ctx, patience)
		is, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!("+expression+")"))
		cancel()
		if err == nil && is {
			return
		}
	}
	b.t.Fatalf("%s: %s did not become true at %s", what, expression, b.location())
}

// press presses keys.
func (b *tab) press(keys string) {
	b.t.Helper()
	do(b, "press a key", chromedp.KeyEvent(keys))
}

// back goes back as the browser's button does. Where the page comes from its cache there is no load to wait for.
func (b *tab) back() {
	b.t.Helper()
	eval[bool](b, "(setTimeout(() => history.back()), true)")
}

// location returns path and query of what is shown.
func (b *tab) location() string {
	b.t.Helper()
	u, err := url.Parse(eval[string](b, "location.href"))
	if err != nil {
		b.t.Fatal(err)
	}
	return u.RequestURI()
}

// expect says what complaints the test brings about.
func (b *tab) expect(parts ...string) { b.expected = append(b.expected, parts...) }

// clean fails the test if something happened that should not, and forgets it.
func (b *tab) clean(where string) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		known := false
		for _, part := range b.expected {
			known = known || strings.Contains(c, part)
		}
		if !known {
			b.t.Errorf("%s: the browser complains: %s", where, c)
		}
	}
	for _, f := range b.foreign {
		b.t.Errorf("%s: a request left the server: %.200s", where, f)
	}
	for _, d := range b.dialogs {
		b.t.Errorf("%s: a dialog opened: %.200s", where, d)
	}
	b.complaints, b.foreign, b.dialogs = nil, nil, nil
}
