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
        [Parameter(Mandatory = $true)] [psobject] $Run
    )

    if ($null -eq $Mailbox) { return 'null' }
    $value = if ($Mailbox -is [psobject]) { $Mailbox.PSObject.BaseObject } else { $Mailbox }
    if ($value -is [System.Net.Mail.MailAddress]) { $value = $value.Address }
    $isText = $value -is [string] -or $value -is [System.ValueType]
    $name = if ($isText) { $value } else { Get-MemberValue -InputObject $Mailbox -Name $script:IdentityMembers }
    $text = ConvertTo-JsonText -Text $name
    if ($Run.InputMember.Count -eq 0 -and $Run.InputScript.Count -eq 0) {
        # An object without any of them: the library says what it looks for.
        if ($null -eq $name) { return '{}' }
        return $text
    }

    $line = [System.Text.StringBuilder]::new('{"MailboxName":').Append($text)
    if (-not $isText) {
        foreach ($wanted in $Run.InputMember) {
            $given = Get-MemberValue -InputObject $Mailbox -Name $wanted
            if ($null -eq $given) { continue }
            [void] $line.Append(',').Append((ConvertTo-JsonText -Text $wanted)).Append(':').Append((ConvertTo-JsonValue -Value $given))
        }
    }
    foreach ($wanted in $Run.InputScript.Keys) {
        try {
            $given = ConvertTo-JsonValue -Value (Invoke-InputScript -Run $Run -Member $wanted -Mailbox $Mailbox)
            [void] $line.Append(',"').Append($wanted).Append('":').Append($given)
        } catch {
            # The mailbox fails with it, and the run goes on.
            $cause = $_.Exception.GetBaseException()
            if ($cause -is [System.Management.Automation.PipelineStoppedException]) { throw }
            Remove-CaughtError -Exception $_.Exception
            $message = 'the script block of -{0}: {1}' -f $Run.InputScript[$wanted].Parameter, $cause.Message
            [void] $line.Append(',"@error":').Append((ConvertTo-JsonText -Text $message))
            break
        }
    }
    return $line.Append('}').ToString()
}
