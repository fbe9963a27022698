# The members of an input object that may name its mailbox, in order of preference.
$script:IdentityMembers = 'MailboxName', 'PrimarySmtpAddress', 'UserPrincipalName', 'Mail', 'EmailAddress', 'Id'

function ConvertTo-InputLine {
    <#
    .SYNOPSIS
        One entry of a run's input as a line of JSON: text, null, or an object with the mailbox's name and what else
        the run needs of it.
    #>
    [CmdletBinding()]
    [OutputType([string])]
    param(
        [AllowNull()] [object] $Mailbox,
        # Members of the object that the library needs beside the name.
        [string[]] $Member = @(),
        # Members of the line that a script block gives, by their name in the line. The entry is the block's $_.
        [System.Collections.IDictionary] $Script = @{},
        # The headers of the request whose body a script block gives.
        [AllowNull()] [System.Collections.IDictionary] $Header
    )

    if ($null -eq $Mailbox) { return 'null' }
    $value = if ($Mailbox -is [psobject]) { $Mailbox.PSObject.BaseObject } else { $Mailbox }
    if ($value -is [System.Net.Mail.MailAddress]) { $value = $value.Address }
    $isText = $value -is [string] -or $value -is [System.ValueType]
    $name = if ($isText) { $value } else { Get-MemberValue -InputObject $Mailbox -Name $script:IdentityMembers }
    $text = ConvertTo-JsonText -Text $name
    if ($Member.Count -eq 0 -and $Script.Count -eq 0) {
        # An object without any of them: the library says what it looks for.
        if ($null -eq $name) { return '{}' }
        return $text
    }

    $line = [System.Text.StringBuilder]::new('{"MailboxName":').Append($text)
    if (-not $isText) {
        foreach ($wanted in $Member) {
            $given = Get-MemberValue -InputObject $Mailbox -Name $wanted
            if ($null -eq $given) { continue }
            [void] $line.Append(',').Append((ConvertTo-JsonText -Text $wanted)).Append(':').Append((ConvertTo-JsonValue -Value $given))
        }
    }
    foreach ($wanted in $Script.Keys) {
        $variables = [System.Collections.Generic.List[psvariable]]::new()
        $variables.Add([psvariable]::new('_', $Mailbox))
        $given = @($Script[$wanted].InvokeWithContext($null, $variables, @()))
        if ($given.Count -eq 1) { $given = $given[0] }
        if ($wanted -eq '@body') { $given = ConvertTo-RequestBody -Body $given -Header $Header }
        [void] $line.Append(',"').Append($wanted).Append('":').Append((ConvertTo-JsonValue -Value $given))
    }
    return $line.Append('}').ToString()
}
