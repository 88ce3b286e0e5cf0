//go:build unix

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/swell-radar/swell/internal/api"
)

// serving starts the real server and returns its address.
func serving(t *testing.T, args ...string) (cmd *exec.Cmd, address string) {
	t.Helper()
	cmd = command(t, append([]string{"serve", "--no-sources", "--memory", "8MiB", "--listen", "127.0.0.1:0"}, args...)...)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var log bytes.Buffer
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "serving at "); ok {
			go func() { _, _ = io.Copy(io.Discard, said) }()
			address, _, _ = strings.Cut(rest, ";")
			return cmd, address
		}
		log.Write(lines.Bytes())
	}
	t.Fatalf("the server does not serve: %s", log.Bytes())
	return nil, ""
}

// deliver sends a body under a key until the server is ready for such.
func deliver(t *testing.T, address, key, body string) (*http.Response, string) {
	t.Helper()
	for {
		req, err := http.NewRequest(http.MethodPost, address+"/api/v1/records", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Idempotency-Key", key)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != http.StatusServiceUnavailable {
			return resp, string(text)
		}
		time.Sleep(time.Millisecond)
	}
}

// A server that was killed answers a delivery that is sent again as it did before, and
// counts it once, also when it is killed again and again.
func TestAKilledServerKnowsItsDeliveries(t *testing.T) {
	data := filepath.Join(t.TempDir(), "d")
	now := time.Now().Unix()
	body := fmt.Sprintf(`{"ts":%d,"platform":"x","id":"1","author":"a","tags":["Tide"]}`+"\n{}\n"+`{"ts":%d,"tags":["ahead"]}`+"\n", now-3600, now+7200)
	cmd, address := serving(t, "--data", data)
	resp, first := deliver(t, address, "delivery-1", body)
	if resp.StatusCode != http.StatusAccepted || resp.Header.Get("Idempotency-Replayed") != "" || !strings.Contains(first, `"accepted":1,"rejected":2`) {
		t.Fatalf("status %d: %s", resp.StatusCode, first)
	}
	for round := range 3 {
		if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		cmd, address = serving(t, "--data", data)
		resp, text := deliver(t, address, "delivery-1", body)
		if resp.StatusCode != http.StatusAccepted || resp.Header.Get("Idempotency-Replayed") != "true" || text != first {
			t.Errorf("round %d: status %d, %v: %s\nwant %s", round, resp.StatusCode, resp.Header, text, first)
		}
		if resp, text := deliver(t, address, "delivery-1", body+"\n"); resp.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(text, api.ProblemKeyReused) {
			t.Errorf("round %d: another body: status %d: %s", round, resp.StatusCode, text)
		}
		if resp, _ := deliver(t, address, fmt.Sprint("other-", round), body); resp.Header.Get("Idempotency-Replayed") != "" {
			t.Errorf("round %d: another key is taken for the same", round)
		}
	}
	// What closes the pane of the others.
	deliver(t, address, "last", fmt.Sprintf(`{"ts":%d,"platform":"x","id":"2","author":"b","tags":["Tide"]}`+"\n", now))
	for {
		resp, err := http.Get(address + "/api/v1/status")
		if err != nil {
			t.Fatal(err)
		}
		var st api.StatusAnswer
		err = json.NewDecoder(resp.Body).Decode(&st)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if st.Counters.Records == 0 {
			time.Sleep(time.Millisecond)
			continue
		}
		// The post under its own name, and under three others.
		if st.Intake.Repeats != 0 || st.Counters.Records != 4 {
			t.Errorf("%d records were counted and %d deliveries came again, want 4 and none", st.Counters.Records, st.Intake.Repeats)
		}
		return
	}
}
