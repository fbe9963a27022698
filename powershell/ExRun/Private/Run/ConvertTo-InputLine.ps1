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
    $identity = Get-MailboxIdentity -Mailbox $Mailbox -Column $Run.Columns
    $text = ConvertTo-JsonText -Text $identity.Name
    if ($identity.Fault) { return '{"@error":' + (ConvertTo-JsonText -Text $identity.Fault) + '}' }
    if ($Run.InputMember.Count -eq 0 -and $Run.InputScript.Count -eq 0) {
        # An object without any of them: the library says what it looks for.
        if ($null -eq $identity.Name) { return '{}' }
        return $text
    }

    $line = [System.Text.StringBuilder]::new('{"MailboxName":').Append($text)
    $isText = $Mailbox -is [string] -or $Mailbox -is [System.ValueType] -or $Mailbox -is [System.Net.Mail.MailAddress]
    # What reads the object, and whether null is meant in what it gave.
    $state = @{ Reader = ''; IsMeant = $false }
    $attempt = Invoke-Attempt {
        foreach ($wanted in $Run.InputMember) {
            if ($wanted -eq 'MailboxName') { continue }
            # What begins with @ is for the library, and need not be there.
            $isOptional = $Run.OptionalInput -or $wanted -like '@*'
            if (-not $isOptional) { Assert-InputMember -InputObject $Mailbox -Name $wanted -Reader $(if ($wanted -eq $Run.Key) { '-Key' } else { '{{{0}}} of -Path, -Body or -Verify' -f $wanted }) }
            if ($isText) { continue }
            $given = Get-MemberValue -InputObject $Mailbox -Name $wanted -Blank
            if ($null -eq $given -and $isOptional) { continue }
            # Before anything of it is appended, since it may throw.
            $json = ConvertTo-JsonValue -Value $given
            [void] $line.Append(',').Append((ConvertTo-JsonText -Text $wanted)).Append(':').Append($json)
        }
        foreach ($wanted in $Run.InputScript.Keys) {
            $script = $Run.InputScript[$wanted]
            $state.Reader = 'the script block of -{0}' -f $script.Parameter
            Assert-InputMember -InputObject $Mailbox -Name $script.Reads -Reader $state.Reader
            $given, $meant = Invoke-InputScript -Run $Run -Member $wanted -Mailbox $Mailbox
            $state.IsMeant = $state.IsMeant -or $meant
            $json = ConvertTo-JsonValue -Value $given
            [void] $line.Append(',"').Append($wanted).Append('":').Append($json)
        }
        if ($state.IsMeant) { [void] $line.Append(',"@allowNull":true') }
    }
    if ($null -ne $attempt.Failure) {
        # The mailbox fails with it, and the run goes on.
        $message = $attempt.Failure.GetBaseException().Message
        if ($state.Reader -and -not $message.StartsWith($state.Reader, [System.StringComparison]::Ordinal)) { $message = '{0}: {1}' -f $state.Reader, $message }
        [void] $line.Append(',"@error":').Append((ConvertTo-JsonText -Text $message))
    }
    return $line.Append('}').ToString()
}
