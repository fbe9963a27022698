function ConvertTo-ReportLine {
    <#
    .SYNOPSIS
        One entry of a report's input as a line of JSON: text, null, or an object with the members that may hold the
        mailbox's name.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param([AllowNull()] [object] $Mailbox)

    if ($null -eq $Mailbox) { return 'null' }
    $value = if ($Mailbox -is [psobject]) { $Mailbox.PSObject.BaseObject } else { $Mailbox }
    if ($value -is [System.Net.Mail.MailAddress]) { $value = $value.Address }
    $isText = $value -is [string] -or $value -is [System.ValueType]
    if (-not $isText) {
        $value = Get-MemberValue -InputObject $Mailbox -Name 'MailboxName', 'PrimarySmtpAddress', 'UserPrincipalName', 'Mail', 'EmailAddress', 'Id'
        # An object without any of them: the library says what it looks for.
        if ($null -eq $value) { return '{}' }
    }
    $text = [System.Convert]::ToString($value, [System.Globalization.CultureInfo]::InvariantCulture)
    $escape = { param($Match) '\u{0:x4}' -f [int] $Match.Value[0] }
    return '"{0}"' -f [regex]::Replace($text, '[\x00-\x1f"\\]', [System.Text.RegularExpressions.MatchEvaluator] $escape)
}
