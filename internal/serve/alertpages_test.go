package serve

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"

	"github.com/swell-radar/swell/internal/api"

	htmlparse "golang.org/x/net/html"
)

// vandal is what nobody should be able to write into a page.
const vandal = `"><script>alert(1)</script><img src=x onerror=alert(1)>` + "\u202e'{{.}}"

// looked returns a page as a browser gets it.
func looked(t testing.TB, h http.Handler, target string, status int) string {
	t.Helper()
	return inert(t, wantStatus(t, do(h, "GET", target, "Accept", "text/html"), status))
}

// posted sends a form as a browser does.
func posted(h http.Handler, target string, form url.Values, header ...string) *http.Response {
	header = append([]string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html", "Sec-Fetch-Site", "same-origin"}, header...)
	return request(h, "POST", target, form.Encode(), header...)
}

// redirected reports where a form leads to.
func redirected(t testing.TB, resp *http.Response) string {
	t.Helper()
	return wantStatus(t, resp, http.StatusSeeOther).Header.Get("Location")
}

// inert returns the text of a page in which nothing runs but the page's own script, and no text turns the writing around.
func inert(t testing.TB, resp *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	z := htmlparse.NewTokenizer(strings.NewReader(string(data)))
	for typed := false; z.Next() != htmlparse.ErrorToken; {
		token := z.Token()
		if token.DataAtom == atom.Textarea { // what somebody types stays as it is
			typed = token.Type == htmlparse.StartTagToken
		}
		if token.Type == htmlparse.TextToken && !typed && strings.ContainsRune(token.Data, '\u202e') {
			t.Errorf("text turns around: %q", token.Data)
		}
		if token.Type != htmlparse.StartTagToken {
			continue
		}
		if token.DataAtom == atom.Img || token.DataAtom == atom.Style {
			t.Errorf("the page has %s", token)
		}
		for _, a := range token.Attr {
			if token.DataAtom == atom.Script && a.Key == "src" && !strings.HasPrefix(a.Val, "/assets/") || strings.HasPrefix(a.Key, "on") || a.Key == "style" ||
				strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				t.Errorf("the page has %s", token)
			}
		}
	}
	return html.UnescapeString(string(data))
}

// hidden returns what a form holds in a field that nobody sees.
func hidden(t testing.TB, page, name string) string {
	t.Helper()
	m := regexp.MustCompile(`<input type="hidden" name="` + name + `" value="([^"]*)">`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no field %s", name)
	}
	return html.UnescapeString(m[1])
}

func has(t testing.TB, page string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(page, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

func TestAlertPages(t *testing.T) {
	opt := withAlerts(t)
	s := newServer(t, opt)
	all := ask[api.AlertsAnswer](t, s, "/api/v1/alerts").Alerts
	page := looked(t, s, "/alerts", http.StatusOK)
	one := all[0]
	path, title := "/alerts/"+one.ID, strings.Replace(one.Title, "on tiktok", "on TikTok", 1)
	has(t, page, title, "If it suits you, post soon, by <time", "Act by", `aria-current="page">Alerts`, "ana")
	has(t, looked(t, s, path, http.StatusOK), title, strings.Replace(one.Reasons[0], "on tiktok", "on TikTok", 1), "in UTC")

	to := redirected(t, posted(s, path, url.Values{"do": {"acknowledge"}, "back": {"/alerts?severity=notice"}}))
	if to != "/alerts?done=acknowledged&severity=notice" {
		t.Errorf("led to %s", to)
	}
	if a := ask[api.Alert](t, s, "/api/v1/alerts/"+one.ID); a.State != api.AlertAcknowledged {
		t.Errorf("got %+v", a)
	}
	has(t, looked(t, s, to, http.StatusOK), "Acknowledged: nothing more is told")
	has(t, looked(t, s, "/alerts?state=acknowledged", http.StatusOK), title, "Open again")

	redirected(t, posted(s, path, url.Values{"do": {"snooze-morning"}}, "Cookie", "swell-zone=Asia%2FKathmandu"))
	a := ask[api.Alert](t, s, "/api/v1/alerts/"+one.ID)
	if a.State != api.AlertSnoozed || a.Until.UTC().Format("15:04") != "02:15" || !a.Until.After(opt.Clock()) {
		t.Errorf("snoozed until %v", a.Until)
	}
	redirected(t, posted(s, path, url.Values{"do": {"reopen"}, "back": {"https://evil.example/"}}))
	if a := ask[api.Alert](t, s, "/api/v1/alerts/"+one.ID); a.State != api.AlertOpen {
		t.Errorf("got %+v", a)
	}

	wantStatus(t, posted(s, path, url.Values{"do": {"snooze-never"}}), http.StatusBadRequest)
	wantStatus(t, posted(s, "/alerts/none", url.Values{"do": {"reopen"}}), http.StatusNotFound)
	looked(t, s, "/alerts/none", http.StatusNotFound)
	looked(t, s, "/alerts?severity="+url.QueryEscape(vandal), http.StatusBadRequest)
	has(t, looked(t, s, "/alerts?rule=gone", http.StatusOK), "Nothing that is open fits this filter.", "No source is on")
	wantStatus(t, do(s, "GET", "/alerts?page=none", "Accept", "text/html"), http.StatusBadRequest)

	page = looked(t, s, "/alerts?do=acknowledge&state=open", http.StatusOK)
	has(t, page, title, "Leave them open")
	to = redirected(t, posted(s, "/alerts", url.Values{"id": {hidden(t, page, "id")}, "back": {hidden(t, page, "back")}}))
	if a := ask[api.Alert](t, s, "/api/v1/alerts/"+one.ID); a.State != api.AlertAcknowledged || to != "/alerts?done=acknowledged-all" {
		t.Errorf("led to %s, got %+v", to, a)
	}
	has(t, looked(t, s, "/alerts?do=acknowledge&rule=gone", http.StatusOK), "There is nothing to acknowledge")
	wantStatus(t, posted(s, "/alerts", url.Values{"id": {"none"}}), http.StatusNotFound)
}

// A page of another site can change nothing.
func TestAlertPagesAreNotForeign(t *testing.T) {
	s := newServer(t, withAlerts(t))
	form := url.Values{"what": {"rule"}, "rule": {"all"}}
	for name, header := range map[string][2]string{"origin": {"Origin", "https://evil.example"}, "site": {"Sec-Fetch-Site", "cross-site"}} {
		resp := request(s, "POST", "/mutes", form.Encode(), "Content-Type", "application/x-www-form-urlencoded", header[0], header[1])
		if p := problemOf(t, resp); p.Type != api.ProblemForeignOrigin {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if all := ask[api.MutesAnswer](t, s, "/api/v1/mutes"); len(all.Mutes) > 0 {
		t.Errorf("got %+v", all)
	}
}

func TestRulePages(t *testing.T) {
	s := newServer(t, withAlerts(t))
	has(t, looked(t, s, "/rules", http.StatusOK), "Mentions of a brand far above their own past", "at least 6 standard deviations", "Switch off", "Add a rule")
	has(t, looked(t, s, "/new/rule?watch=mine", http.StatusOK), `value="mine" checked`)

	form := url.Values{
		"name": {"mine"}, "title": {vandal}, "severity": {"warning"}, "of": {"trends"}, "on": {"yes"}, "phases": {"emerging"},
		"watches": {"mine"}, "min_authors_24h": {"30"}, "min_confidence": {"12.5"}, "further": {"tiktok, X"},
	}
	wrong := url.Values{"min_authors_24h": {"many"}, "min_confidence": {"200"}, "name": {vandal}}
	for name, value := range form {
		if !wrong.Has(name) {
			wrong[name] = value
		}
	}
	page := inert(t, wantStatus(t, posted(s, "/new/rule", wrong), http.StatusUnprocessableEntity))
	has(t, page, "which is no number", "use 0 to 100", `value="many"`, `value="200"`, `value="tiktok, X"`, `value="mine" checked`)
	wrong["min_authors_24h"], wrong["min_confidence"] = form["min_authors_24h"], form["min_confidence"]
	has(t, inert(t, wantStatus(t, posted(s, "/new/rule", wrong), http.StatusUnprocessableEntity)), "use up to 64 of a-z")

	if to := redirected(t, posted(s, "/new/rule", form)); to != "/rules?done=saved" {
		t.Errorf("led to %s", to)
	}
	got := ask[api.Rule](t, s, "/api/v1/rules/mine")
	if got.MinConfidence != 0.125 || got.MinAuthors != 30 || got.Off || len(got.Platforms) != 2 || got.Title != vandal {
		t.Errorf("got %+v", got)
	}
	has(t, inert(t, wantStatus(t, posted(s, "/new/rule", form), http.StatusUnprocessableEntity)), "There is a rule of this name already")
	has(t, looked(t, s, "/rules", http.StatusOK), "Tell me when a trend on the watch list mine is emerging on TikTok or X, with at least 30 people in 24 hours and a chance of at least 12.5 % that it is real.")

	// What is shown can be sent back as it is, and a change by somebody else is not written over unseen.
	page = looked(t, s, "/rules/mine", http.StatusOK)
	form.Set("state", hidden(t, page, "state"))
	form.Set("min_authors_24h", "31")
	redirected(t, posted(s, "/rules/mine", form))
	page = inert(t, wantStatus(t, posted(s, "/rules/mine", form), http.StatusUnprocessableEntity))
	has(t, page, "Somebody else has changed this rule", "What it is now")
	form.Set("state", hidden(t, page, "state"))
	redirected(t, posted(s, "/rules/mine", form))

	form.Set("of", "mentions")
	has(t, inert(t, wantStatus(t, posted(s, "/rules/mine", form), http.StatusUnprocessableEntity)), "This is asked of trends alone")

	redirected(t, posted(s, "/rules/all/switch", url.Values{"to": {"off"}}))
	if got := ask[api.Rule](t, s, "/api/v1/rules/all"); !got.Off || got.MinScore != 0 || len(got.Phases) != 2 {
		t.Errorf("got %+v", got)
	}

	page = looked(t, s, "/rules/mine/delete", http.StatusOK)
	has(t, page, "Delete the rule")
	wantStatus(t, posted(s, "/rules/mine/delete", url.Values{"state": {"x"}}), http.StatusPreconditionFailed)
	redirected(t, posted(s, "/rules/mine/delete", url.Values{"state": {hidden(t, page, "state")}}))
	wantStatus(t, do(s, "GET", "/api/v1/rules/mine"), http.StatusNotFound)
	has(t, looked(t, s, "/rules/crisis/delete", http.StatusOK), "Switch it off instead")
}

func TestRuleIsTried(t *testing.T) {
	s := newServer(t, withAlerts(t))
	form := url.Values{"do": {"try"}, "of": {"trends"}, "phases": {"emerging", "rising"}, "title": {"Trial"}, "min_score": {"0"}}
	page := inert(t, wantStatus(t, posted(s, "/new/rule", form), http.StatusOK))
	has(t, page, "It would have told", "Day (UTC)", `value="Trial"`)
	has(t, looked(t, s, "/rules/all?try=1", http.StatusOK), "It would have told")
	if all := ask[api.RulesAnswer](t, s, "/api/v1/rules"); len(all.Rules) != 6 {
		t.Errorf("a trial was kept: %+v", all)
	}
	form.Set("min_score", "-1")
	has(t, inert(t, wantStatus(t, posted(s, "/new/rule", form), http.StatusUnprocessableEntity)), "use a number from 0")
}

func TestMutePages(t *testing.T) {
	s := newServer(t, withAlerts(t))
	has(t, looked(t, s, "/mutes", http.StatusOK), "Nothing is muted")
	has(t, inert(t, wantStatus(t, posted(s, "/mutes", url.Values{"what": {"term"}, "kind": {"hashtag"}, "term": {"#"}, "for": {"24h"}}), http.StatusUnprocessableEntity)), "There is nothing in it that could be muted", `value="#"`)
	has(t, inert(t, wantStatus(t, posted(s, "/mutes", url.Values{"what": {"rule"}}), http.StatusUnprocessableEntity)), "Say which one.")
	for _, form := range []url.Values{
		{"what": {"term"}, "kind": {"hashtag"}, "term": {"#" + vandal}, "for": {"24h"}}, {"what": {"rule"}, "rule": {"all"}, "term": {"passed over"}}, {"what": {"watch"}, "watch": {"mine"}},
	} {
		if to := redirected(t, posted(s, "/mutes", form)); to != "/mutes?done=muted" {
			t.Errorf("led to %s", to)
		}
	}
	all := ask[api.MutesAnswer](t, s, "/api/v1/mutes").Mutes
	if len(all) != 3 {
		t.Fatalf("got %+v", all)
	}
	has(t, looked(t, s, "/mutes", http.StatusOK), "alert(1)", "for good", "Tell again")
	for _, m := range all {
		redirected(t, posted(s, "/mutes/"+m.ID+"/delete", nil))
	}
	has(t, looked(t, s, "/mutes?done=unmuted", http.StatusOK), "Nothing is muted", "Not muted any more")
	wantStatus(t, posted(s, "/mutes/"+all[0].ID+"/delete", nil), http.StatusNotFound)
}

// Where no alerts are kept and nothing is sent, the pages say so.
func TestAlertPagesWithoutAlerts(t *testing.T) {
	s := newServer(t, testOptions(t))
	for _, target := range []string{"/alerts", "/rules", "/mutes"} {
		has(t, looked(t, s, target, http.StatusOK), "This server keeps no alerts")
	}
	has(t, looked(t, s, "/outbox", http.StatusOK), "Nothing is sent anywhere", "docs/sinks.md")
}

func TestMessagePages(t *testing.T) {
	s := newServer(t, withOutbox(t, testOptions(t), "a", "b"))
	has(t, looked(t, s, "/outbox", http.StatusOK), "2 messages wait", "#tea <b>", "slack")
	redirected(t, posted(s, "/outbox/retry", url.Values{"sink": {"chat"}}))
	redirected(t, posted(s, "/outbox/chat.b/retry", nil))
	if to := redirected(t, posted(s, "/outbox/chat.a/delete", nil)); to != "/outbox?done=dropped" {
		t.Errorf("led to %s", to)
	}
	redirected(t, posted(s, "/outbox/chat.a/delete", nil)) // as good as dropped
	if out := ask[api.OutboxAnswer](t, s, "/api/v1/outbox"); len(out.Messages) != 1 {
		t.Errorf("got %+v", out.Messages)
	}
	wantStatus(t, posted(s, "/outbox/retry", url.Values{"sink": {vandal}}), http.StatusBadRequest)
}

func TestWatchPages(t *testing.T) {
	s := newServer(t, testOptions(t))
	has(t, looked(t, s, "/watches", http.StatusOK), "There is no watch list yet")
	form := url.Values{
		"name": {"ours"}, "title": {vandal}, "purpose": {"brand"}, "exclude": {"stock price\r\nold, news"}, "languages": {"en, de"},
		"lines": {"#BookTok | on tiktok\r\n\r\n@penguin\r\nsound:id:douyin:7481\r\nnew york | not new york times, yorkshire | in en | on x\r\nphrase:#1 hit\r\n<script>alert(1)</script>"},
	}
	wrong := url.Values{"name": {"ours"}, "title": {"T"}, "lines": {"#fine\r\nsound:\r\nfoo | of b"}, "exclude": {vandal}}
	page := inert(t, wantStatus(t, posted(s, "/new/watch", wrong), http.StatusUnprocessableEntity))
	has(t, page, "Line 2 has no term or phrase", "Line 3 has “of”", "foo | of b", "alert(1)")
	wrong.Set("lines", "#fine\r\n\r\n#")
	has(t, inert(t, wantStatus(t, posted(s, "/new/watch", wrong), http.StatusUnprocessableEntity)), "Line 3 ")
	wrong.Set("lines", "")
	wrong.Set("languages", "english please")
	has(t, inert(t, wantStatus(t, posted(s, "/new/watch", wrong), http.StatusUnprocessableEntity)), `id="languages-error"`, `value="english please"`)

	if to := redirected(t, posted(s, "/new/watch", form)); to != "/watches/ours?done=saved" {
		t.Errorf("led to %s", to)
	}
	kept := ask[api.Watch](t, s, "/api/v1/watches/ours")
	if len(kept.Terms) != 3 || len(kept.Phrases) != 3 || kept.Phrases[1].Phrase != "#1 hit" || len(kept.Phrases[0].Exclude) != 2 || kept.Exclude[1] != "old, news" || len(kept.Languages) != 2 {
		t.Errorf("got %+v", kept)
	}
	has(t, inert(t, wantStatus(t, posted(s, "/new/watch", form), http.StatusUnprocessableEntity)), "There is a watch list of this name already")

	// What the form shows is what is kept.
	page = looked(t, s, "/watches/ours", http.StatusOK)
	area := regexp.MustCompile(`(?s)<textarea[^>]* name="lines"[^>]*>\n(.*?)</textarea>`).FindStringSubmatch(page)
	again := url.Values{"title": form["title"], "purpose": {"brand"}, "exclude": {strings.Join(kept.Exclude, "\r\n")}, "languages": {"de, en"}, "state": {hidden(t, page, "state")}}
	if area == nil {
		t.Fatal("there is no field for terms")
	}
	again.Set("lines", strings.ReplaceAll(area[1], "\n", "\r\n"))
	redirected(t, posted(s, "/watches/ours", again))
	if now := ask[api.Watch](t, s, "/api/v1/watches/ours"); len(now.Terms) != 3 || now.Terms[0].Platforms[0] != "tiktok" || now.Phrases[0].Languages[0] != "en" || now.Phrases[2].Phrase != kept.Phrases[2].Phrase {
		t.Errorf("got %+v", now)
	}

	// A change by somebody else is not written over unseen.
	wantStatus(t, request(s, "PUT", "/api/v1/watches/ours", `{"title":"Other","purpose":"brand","terms":[{"kind":"hashtag","term":"#other"}]}`), http.StatusOK)
	page = inert(t, wantStatus(t, posted(s, "/watches/ours", again), http.StatusUnprocessableEntity))
	has(t, page, "Somebody else has changed this list", "#other", "new york | not")
	again.Set("state", hidden(t, page, "state"))
	redirected(t, posted(s, "/watches/ours", again))

	wantStatus(t, request(s, "PUT", "/api/v1/watches/theirs", `{"title":"Theirs","purpose":"competitor","terms":[{"kind":"hashtag","term":"#theirs"}]}`), http.StatusCreated)
	has(t, looked(t, s, "/watches", http.StatusOK), "Theirs", "/?watch=ours", "/terms/watch/ours")
	has(t, looked(t, s, "/watches/ours", http.StatusOK), "Share of voice", "Theirs")
	has(t, looked(t, s, "/watches/ours?span=28d&alone=1", http.StatusOK), "Mentions")

	page = looked(t, s, "/watches/ours/delete", http.StatusOK)
	has(t, page, "3 terms and 3 phrases")
	wantStatus(t, posted(s, "/watches/ours/delete", nil), http.StatusPreconditionFailed)
	redirected(t, posted(s, "/watches/ours/delete", url.Values{"state": {hidden(t, page, "state")}}))
	wantStatus(t, do(s, "GET", "/api/v1/watches/ours"), http.StatusNotFound)
	looked(t, s, "/watches/ours", http.StatusNotFound)
}
