package app

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// controlName is the file in a data directory by which the process that serves it
// lets others on the machine ask it for what only the owner of the directory may
// have. It is readable for the owner alone.
const controlName = "control.json"

// control says how to ask that process.
type control struct {
	Address string `json:"address"` // as in http://127.0.0.1:7310
	Token   string `json:"token"`   // new at each start
	PID     int    `json:"pid"`
}

// offer writes the file. The caller removes it by [control.withdraw].
func (d *dataDir) offer(address string) (*control, error) {
	c := &control{Address: address, Token: rand.Text(), PID: os.Getpid()}
	enc, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("cannot encode %s: %w", controlName, err)
	}
	err = writeWhole(filepath.Join(d.path, controlName), func(w io.Writer) error {
		_, err := w.Write(append(enc, '\n'))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot write %s: %w", controlName, err)
	}
	return c, nil
}

// withdraw removes the file, unless another process has written its own meanwhile.
func (d *dataDir) withdraw(c *control) error {
	now, err := readControl(d.path)
	if err != nil || *now != *c {
		return nil
	}
	return os.Remove(filepath.Join(d.path, controlName))
}

// readControl reads the file of a data directory.
func readControl(dir string) (*control, error) {
	path := filepath.Join(dir, controlName)
	enc, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read how to ask the process that uses %s: %w", dir, err)
	}
	c := &control{}
	if err := json.Unmarshal(enc, c); err != nil || c.Address == "" || c.Token == "" {
		return nil, fmt.Errorf("%s does not say how to ask the process that uses %s; restart that one", path, dir)
	}
	return c, nil
}

// fetch asks the process for a backup.
func (c *control) fetch(ctx context.Context, w io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Address+backupPath, nil)
	if err != nil {
		return fmt.Errorf("cannot ask process %d at %s: %w", c.PID, c.Address, err)
	}
	req.Header.Set("Authorization", bearer+c.Token)
	// A backup is not to pass through a proxy, whatever the environment says.
	// The certificate is for the name that others ask by, and the address is this machine's own:
	// what is asked there does not leave it.
	client := &http.Client{Transport: &http.Transport{DisableCompression: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("process %d, which uses it, does not answer at %s: %w; stop it first, or restart it", c.PID, c.Address, errors.Unwrap(err))
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		said, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
		if err != nil {
			return fmt.Errorf("process %d, which uses it, answered %s: %w", c.PID, resp.Status, err)
		}
		return fmt.Errorf("process %d, which uses it, answered %s: %s", c.PID, resp.Status, strings.TrimSpace(string(said)))
	}
	_, err = io.Copy(w, resp.Body)
	return err
}
