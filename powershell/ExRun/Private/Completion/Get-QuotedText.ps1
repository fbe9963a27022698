function Get-QuotedText {
    <#
    .SYNOPSIS
        A text as an argument is written: in single quotes, but where it cannot be taken for anything but text.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([Parameter(Mandatory = $true)] [AllowEmptyString()] [string] $Text)

    if ($Text -match '^[^\W\d][\w./-]*$') { return $Text }
    return "'{0}'" -f [System.Management.Automation.Language.CodeGeneration]::EscapeSingleQuotedStringContent($Text)
}
