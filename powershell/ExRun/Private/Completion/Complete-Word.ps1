function Complete-Word {
    <#
    .SYNOPSIS
        What the Tab key offers for a word: the candidates that begin with it, else those that have it in them, else
        those that it means with * and ?.
    #>
    [CmdletBinding()]
    [OutputType([System.Management.Automation.CompletionResult])]
    param(
        [AllowEmptyCollection()] [AllowNull()] [string[]] $Candidate,
        [AllowNull()] [AllowEmptyString()] [string] $Word,
        # What is said of a candidate, by its text; that text where there is nothing.
        [System.Collections.IDictionary] $Tip = @{}
    )

    $start = Get-TypedText -Word $Word
    $found = @(foreach ($text in $Candidate) { if ($text.StartsWith($start, [System.StringComparison]::OrdinalIgnoreCase)) { $text } })
    if ($found.Count -eq 0) {
        $found = @(foreach ($text in $Candidate) { if ($text.IndexOf($start, [System.StringComparison]::OrdinalIgnoreCase) -ge 0) { $text } })
    }
    if ($found.Count -eq 0) {
        # Brackets stand for themselves: half of a pair is no pattern, and names have them.
        $pattern = '^' + [regex]::Escape($start).Replace('\*', '.*').Replace('\?', '.')
        $found = @(foreach ($text in $Candidate) { if ([regex]::IsMatch($text, $pattern, 'IgnoreCase, CultureInvariant, Singleline')) { $text } })
    }
    foreach ($text in $found) {
        $said = [string] $Tip[$text]
        [System.Management.Automation.CompletionResult]::new((Get-QuotedText -Text $text), $text, 'ParameterValue', $(if ($said) { $said } else { $text }))
    }
}
