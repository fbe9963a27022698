function Get-GraphOption {
    <#
    .SYNOPSIS
        Ways to go on with the query of a path: options that it does not have yet, or members in the place of its last word.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [string] $Text)

    $path, $query = $Text -split '\?', 2
    if ($query -match '(?:^|&)\$(?:select|orderby)=(?:[^&]*,)?([^&,]*)$') {
        $before = $Text.Substring(0, $Text.Length - $Matches[1].Length)
        return Get-GraphMember -Path $path | Microsoft.PowerShell.Core\ForEach-Object { $before + $_ }
    }
    $begun = $query.Substring($query.LastIndexOf('&') + 1)
    # The value of an option is the person's own.
    if ($begun.Contains('=')) { return }
    $before = $Text.Substring(0, $Text.Length - $begun.Length)
    $options = @(if ($path -match '(^|/)(calendarView|instances)$') { 'startDateTime=', 'endDateTime=' }) + '$select=', '$top=', '$filter=', '$orderby=', '$expand=', '$search=', '$count=true'
    foreach ($option in $options) {
        if ("&$query".IndexOf('&' + ($option -replace '=.*', '='), [System.StringComparison]::OrdinalIgnoreCase) -lt 0) { $before + $option }
    }
}
