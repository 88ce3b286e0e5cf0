package peer

import (
	"bufio"
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func connOf(replies string) (*redisConn, *bytes.Buffer) {
	sent := &bytes.Buffer{}
	return &redisConn{in: bufio.NewReader(strings.NewReader(replies)), out: bufio.NewWriter(sent)}, sent
}

func TestCommandsAreArraysOfBulkStrings(t *testing.T) {
	c, sent := connOf("")
	c.send("INCRBY", "größe", "1")
	if err := c.flush(); err != nil {
		t.Fatal(err)
	}
	if want := "*3\r\n$6\r\nINCRBY\r\n$7\r\ngröße\r\n$1\r\n1\r\n"; sent.String() != want {
		t.Errorf("sent %q, want %q", sent, want)
	}
}

func TestReplies(t *testing.T) {
	for _, c := range []struct {
		reply string
		want  []string
		fails bool
	}{
		{reply: "+OK\r\n", want: []string{"OK"}},
		{reply: ":12\r\n", want: []string{"12"}},
		{reply: "$3\r\na\r\n\r\n", fails: false, want: []string{"a\r\n"}},
		{reply: "$-1\r\n", want: []string{""}},
		{reply: "*3\r\n$1\r\na\r\n$-1\r\n:7\r\n", want: []string{"a", "", "7"}},
		{reply: "*0\r\n"},
		{reply: "-ERR no\r\n", fails: true},
		{reply: "$99999999999\r\n", fails: true},
		{reply: "*1\r\n*1\r\n:1\r\n", fails: true},
		{reply: "$5\r\nab", fails: true},
		{reply: "?\r\n", fails: true},
		{reply: "", fails: true},
	} {
		conn, _ := connOf(c.reply)
		got, err := conn.reply(nil)
		if (err != nil) != c.fails || !c.fails && !slices.Equal(got, c.want) {
			t.Errorf("%q is read as %q, error %v; want %q, an error: %v", c.reply, got, err, c.want, c.fails)
		}
	}
}

func TestSkipForgetsNumbersAndFindsErrors(t *testing.T) {
	conn, _ := connOf(":1\r\n$1\r\n5\r\n:0\r\n-ERR full\r\n")
	if err := conn.skip(3); err != nil {
		t.Error(err)
	}
	if err := conn.skip(1); err == nil || !strings.Contains(err.Error(), "full") {
		t.Errorf("an error was skipped: %v", err)
	}
}

func TestInfoNumber(t *testing.T) {
	const info = "# CPU\r\nused_cpu_sys:1.5\r\nused_cpu_user:2.25\r\n"
	if n, err := infoNumber(info, "used_cpu_user"); err != nil || n != 2.25 {
		t.Errorf("used_cpu_user is %v, error %v", n, err)
	}
	if _, err := infoNumber(info, "used_memory"); err == nil {
		t.Error("a number that is not there was found")
	}
}

// Whatever comes is a reply or an error, and its values are in it.
func TestAnyReply(t *testing.T) {
	part := rapid.SampledFrom([]string{"+", ":", "-", "$", "*", "\r\n", "\n", "0", "1", "3", "-1", "99999999999", "a", "\x00"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(part).Draw(t, "parts"), "")
		conn, _ := connOf(text)
		values, err := conn.reply(nil)
		if err != nil {
			return
		}
		for _, v := range values {
			if !strings.Contains(text, v) {
				t.Fatalf("%q has value %q", text, v)
			}
		}
		conn, _ = connOf(text)
		_ = conn.skip(3)
	})
}
