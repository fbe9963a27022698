# No view looks further into a text than this.
$script:MostRead = 32768
# What would move the cursor, colour the terminal or turn the direction of writing round, and blanks.
$script:Unprintable = [regex]::new('[\p{Cc}\p{Zl}\p{Zp}\s\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+', 'CultureInvariant')
# Also where the end was cut off.
$script:UnseenHtml = [regex]::new('<!--.*?(-->|\z)|<(head|script|style)\b[^<>]*>.*?(</\2\s*>|\z)', 'IgnoreCase, CultureInvariant, Singleline')
$script:HtmlTag = [regex]::new('<[a-z/!][^<>]*(>|\z)', 'IgnoreCase, CultureInvariant')
$script:HtmlBreak = [regex]::new('<(br|/p|/div|/li|/tr|/td|/h\d)\b[^<>]*>', 'IgnoreCase, CultureInvariant')

function Format-OneLine {
    <#
    .SYNOPSIS
        A value as one line of text for a person to read: shortened, and without what a terminal would obey.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [AllowNull()] [object] $Value,
        # How many characters, at most.
        [int] $Most = 256,
        # The text is HTML: only what a reader of it would see.
        [switch] $Html,
        # How deep it goes into what the value holds.
        [int] $Depth = 3
    )

    if ($null -eq $Value) { return '' }
    if ($Value -is [System.Management.Automation.PSCustomObject]) {
        $parts = @(foreach ($member in $Value.PSObject.Properties) { '{0}={1}' -f $member.Name, $(if ($Depth -gt 0) { Format-OneLine -Value $member.Value -Most $Most -Depth ($Depth - 1) }) })
        $text = $parts -join ', '
    } elseif ($Value -is [System.Collections.IEnumerable] -and $Value -isnot [string]) {
        $parts = @(foreach ($item in $Value) { if ($Depth -gt 0) { Format-OneLine -Value $item -Most $Most -Depth ($Depth - 1) } })
        $text = $parts -join ', '
    } else {
        $text = [string] $Value
    }
    $isCut = $text.Length -gt $script:MostRead
    if ($isCut) { $text = $text.Substring(0, $script:MostRead) }
    if ($Html) {
        $text = $script:UnseenHtml.Replace($text, ' ')
        $text = $script:HtmlTag.Replace($script:HtmlBreak.Replace($text, ' '), '')
        $text = [System.Net.WebUtility]::HtmlDecode($text)
    }
    $text = $script:Unprintable.Replace($text, ' ').Trim()
    if (-not $isCut -and $text.Length -le $Most) { return $text }
    $length = [Math]::Min($text.Length, $Most - 3)
    # A character beyond the first 65,536 is two units, which belong together.
    if ($length -gt 0 -and [char]::IsHighSurrogate($text[$length - 1])) { $length-- }
    return $text.Substring(0, $length).TrimEnd() + '...'
}
